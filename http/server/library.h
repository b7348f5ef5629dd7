// cpp-httplib behind the guard. The packaged 0.11.4 has known holes in how it reads from the
// network (heads and bodies without bound, percent-decoded header values, compressed bodies,
// smuggling), so it is never given a socket: it gets a one-line head that is safe by construction,
// runs its routing around our handler, and writes the answer into memory. What switches on its
// other features (Range, Accept-Encoding, Expect, multipart, regex routes) does not reach it.
#pragma once

#include "http/server/limits.h"
#include "http/server/message.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace genlock::http {

class Library {
 public:
  explicit Library(const Limits& limits);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // The bytes of one answer: status line, headers, body (none for HEAD). `produce` must not throw;
  // its headers must be well-formed. Of a feed only the head is written. One
  // call at a time.
  std::string exchange(std::string_view method, bool close,
                       const std::function<HttpResponse()>& produce);

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace genlock::http
