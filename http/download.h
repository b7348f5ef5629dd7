// An answer that is a file, made while it is sent: memory for one piece, however slow the reader.
#pragma once

#include "http/api_core.h"

namespace genlock::http {

struct Download {
  std::string content_type, file_name;
  // The next piece; empty: that was all. Owns what it reads, but for the parts of the node.
  std::function<Result<std::string>()> next;
};

// 503 where max_downloads are under way. What fails half-way is cut: the reader sees that, and the
// file lacks its end.
HttpResponse download_answer(ApiCore& core, const HttpRequest& request, Download download);

}  // namespace genlock::http
