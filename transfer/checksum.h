// SHA-256 of bytes that come in pieces.
#pragma once

#include "engine/check.h"

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace genlock::transfer {

class Checksum {
 public:
  Checksum() : context_(EVP_MD_CTX_new()) {
    CHECK(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }
  void add(std::string_view bytes) {
    CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  }
  // 64 hex digits, once.
  std::string hex() {
    constexpr std::string_view digits = "0123456789abcdef";
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    CHECK(EVP_DigestFinal_ex(context_.get(), hash, &size) == 1);
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += {digits[hash[i] / 16], digits[hash[i] % 16]};
    return text;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

}  // namespace genlock::transfer
