#include "engine/data/sha256.h"

#include <openssl/evp.h>

#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "engine/core/error.h"

namespace zipml {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (state_->context == nullptr || EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL offers no SHA-256");
  }
}

Sha256::~Sha256() = default;

void Sha256::add(const void* bytes, std::size_t count) {
  if (EVP_DigestUpdate(state_->context, bytes, count) != 1)
    throw std::runtime_error("OpenSSL: SHA-256 failed");
}

std::string Sha256::hex() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_DigestFinal_ex(state_->context, digest, &size) != 1) {
    throw std::runtime_error("OpenSSL: SHA-256 failed");
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

SourceFile describe_file(const std::filesystem::path& path) {
  using Key = std::tuple<std::string, std::uint64_t, std::filesystem::file_time_type>;
  static std::mutex mutex;
  static std::map<Key, std::string> known;

  std::error_code error;
  const std::uint64_t bytes = std::filesystem::file_size(path, error);
  if (error) throw InputError(path.string() + ": cannot be read: " + error.message());
  const Key key{std::filesystem::absolute(path).string(), bytes,
                std::filesystem::last_write_time(path, error)};
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(key); found != known.end()) return {path, bytes, found->second};

  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError(path.string() + ": cannot be opened");
  Sha256 hash;
  std::vector<char> buffer(std::size_t{1} << 18);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0) {
    hash.add(buffer.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw IoError(path.string() + ": cannot be read");
  std::string digest = hash.hex();
  known.emplace(key, digest);
  return {path, bytes, std::move(digest)};
}

}  // namespace zipml
