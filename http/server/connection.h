// One accepted socket: bytes in, bytes out, never waiting. TLS would take the place of receive()
// and send().
#pragma once

#include "http/server/listener.h"

#include <cstddef>
#include <string>

namespace genlock::http {

class Connection {
 public:
  enum class Io {
    some,         // bytes moved; there may be more
    would_block,  // nothing to do until the socket is ready again
    closed,       // the other end is gone, or has sent its last byte
  };

  explicit Connection(Descriptor socket_fd) : socket_(std::move(socket_fd)) {}

  int fd() const { return socket_.get(); }
  // What has arrived and was not taken yet.
  std::string& input() { return input_; }
  // Reads at most 64 KiB onto the end of input().
  Io receive();

  void queue(std::string bytes);
  std::size_t unsent_bytes() const { return output_.size() - sent_; }
  // Sends what is queued: some = all of it, would_block = the socket is full.
  Io send();
  // Bytes that the other end's system took so far: grows while it reads.
  std::size_t taken_bytes() const { return taken_; }
  // Nothing more will be sent.
  void finish_sending();

 private:
  Descriptor socket_;
  std::string input_;
  std::string output_;
  std::size_t sent_ = 0;  // the front of output_
  std::size_t taken_ = 0;
};

}  // namespace genlock::http
