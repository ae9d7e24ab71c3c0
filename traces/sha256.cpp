// SPDX-License-Identifier: Apache-2.0
#include "traces/sha256.hpp"

#include <openssl/evp.h>

#include <array>

#include "energy/error.hpp"
#include "traces/atomic_file.hpp"

namespace sumline {

struct Sha256::Context {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> evp{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  SUMLINE_ASSERT(EVP_DigestInit_ex(context_->evp.get(), EVP_sha256(), nullptr) == 1,
                 "OpenSSL has no SHA-256");
}

Sha256::~Sha256() = default;

void Sha256::update(const void* bytes, std::size_t size) {
  SUMLINE_ASSERT(EVP_DigestUpdate(context_->evp.get(), bytes, size) == 1, "SHA-256 stream is closed");
}

std::string Sha256::hex() {
  std::array<unsigned char, 32> digest{};
  SUMLINE_ASSERT(EVP_DigestFinal_ex(context_->evp.get(), digest.data(), nullptr) == 1,
                 "SHA-256 stream is closed");
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::string sha256(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes.data(), bytes.size());
  return digest.hex();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  return sha256(read_file(path));
}

}  // namespace sumline
