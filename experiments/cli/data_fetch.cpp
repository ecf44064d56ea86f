#include "experiments/cli/data_fetch.h"

#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <vector>

#include "engine/core/error.h"
#include "engine/data/sha256.h"

extern char** environ;

namespace zipml {
namespace {

bool is_address(const std::string& from) { return from.find("://") != std::string::npos; }

/// Runs a program found on PATH with the given words, no shell between; its exit code.
int run_program(std::vector<std::string> words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t child = 0;
  if (const int error = posix_spawnp(&child, pointers[0], nullptr, nullptr, pointers.data(), environ);
      error != 0) {
    throw IoError(words[0] + ": cannot be run: " + std::strerror(error) + "; install it or use --from DIR");
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw IoError(words[0] + ": cannot be waited for: " + std::strerror(errno));
  }
  constexpr int kKilled = 255;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kKilled;
}

bool download(const std::string& address, const std::filesystem::path& to) {
  std::cerr << "downloading " << address << "\n";
  const int code =
      run_program({"curl", "--fail", "--location", "--retry", "3", "--output", to.string(), "--", address});
  if (code != 0) std::cerr << address << ": curl ended with exit code " << code << "\n";
  return code == 0;
}

std::filesystem::path file_in_folder(const KnownFile& file, const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    throw InputError("zipml data fetch: --from '" + folder.string() + "' is neither a folder nor an address");
  }
  const auto path = find_known_file(file, folder);
  if (!path) {
    throw InputError("zipml data fetch: '" + file.name + "' is not in '" + folder.string() +
                     "', also not with .bz2, .gz or .xz");
  }
  return *path;
}

bool is_acceptable(const KnownFile& file, const std::filesystem::path& part) {
  const SourceFile found = describe_file(part);
  const RecordVerdict verdict = compare_with_record(file, found);
  if (verdict == RecordVerdict::different || verdict == RecordVerdict::other_copy) {
    std::cerr << part.string() << ": sha256 is " << found.sha256 << ", on record is " << file.sha256
              << (file.note.empty() ? "" : ": " + file.note) << "\n";
  }
  return verdict != RecordVerdict::different;
}

void copy_into(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::cerr << "copying " << from.string() << "\n";
  // A left-over part may be read-only, as its source was.
  std::error_code ignored;
  std::filesystem::remove(to, ignored);
  std::error_code error;
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing, error);
  if (error) throw IoError(to.string() + ": cannot be written: " + error.message());
}

}  // namespace

void require_source(const KnownFile& file, const std::string& from, const std::filesystem::path& data_dir) {
  if (!from.empty() && !is_address(from) && !find_known_file(file, data_dir)) file_in_folder(file, from);
}

bool fetch_file(const KnownSet& set, const KnownFile& file, const std::string& from,
                const std::filesystem::path& data_dir) {
  if (const auto there = find_known_file(file, data_dir)) {
    std::cerr << there->string() << " is there already\n";
    return true;
  }
  std::error_code error;
  const std::filesystem::path folder = set.format == FileFormat::idx ? data_dir / "mnist" : data_dir;
  const bool copies = !from.empty() && !is_address(from);
  const std::filesystem::path source = copies ? file_in_folder(file, from) : std::filesystem::path();
  std::filesystem::create_directories(folder, error);
  if (error) throw IoError(folder.string() + ": cannot be made: " + error.message());

  const std::string stored_name = copies ? source.filename().string() : file.fetched_name;
  const std::filesystem::path path = folder / stored_name, part = path.string() + ".part";
  if (copies) {
    copy_into(source, part);
  } else {
    const std::string separator = !from.empty() && from.back() != '/' ? "/" : "";
    const std::string address = from.empty() ? file.address : from + separator + file.fetched_name;
    if (!download(address, part)) {
      std::filesystem::remove(part, error);
      return false;
    }
  }
  if (!is_acceptable(file, part)) {
    std::filesystem::remove(part, error);
    return false;
  }
  std::filesystem::rename(part, path, error);
  if (error) throw IoError(path.string() + ": cannot be renamed from .part: " + error.message());
  std::cout << path.string() << "\n";
  return true;
}

}  // namespace zipml
