// A line for each answered request (the setting log_requests): method, route, path, status, time
// and request id. The query is left out, because filters hold what is in rows.
#pragma once

#include "cli/logger.h"
#include "cli/serve_options.h"
#include "http/server/guarded_server.h"

namespace genlock::cli {

class RequestLog {
 public:
  // `log` outlives this.
  RequestLog(LogRequests which, Logger& log) : which_(which), log_(log) {}

  // Any thread. Nothing of what the guard refused: those lines would be a stranger's to order, and
  // /metrics counts them.
  void note(const http::AnswerReport& report);

 private:
  bool wants(const http::AnswerReport& report) const;

  const LogRequests which_;
  Logger& log_;
};

}  // namespace genlock::cli
