#include "experiments/results/atomic_file.h"

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstring>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/error.h"
#include "tests/e2e/process.h"

namespace zipml {
namespace {

using testing::TemporaryFolder;

std::vector<std::byte> bytes_of(const std::string& text) {
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

/// Number of files and folders in a folder.
std::ptrdiff_t entries(const std::filesystem::path& folder) {
  return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
}

/// Message of the IoError that writing throws.
std::string refusal(const std::filesystem::path& file, std::size_t size = 10) {
  try {
    write_file_atomically(file, bytes_of(std::string(size, 'x')));
  } catch (const IoError& error) {
    return error.what();
  }
  return "no IoError";
}

TEST_CASE("a file is written whole, with its folders, and replaced", "[results]") {
  const TemporaryFolder folder;
  write_file_atomically(folder / "a/b/f", bytes_of("first"));
  write_file_atomically(folder / "a/b/f", bytes_of("second"));
  REQUIRE(testing::read_text(folder / "a/b/f") == "second");
  REQUIRE(entries(folder / "a/b") == 1);
}

TEST_CASE("a folder or a file in the way is refused, and no part is left", "[results]") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "f.h5");
  REQUIRE(refusal(folder / "f.h5") ==
          (folder / "f.h5").string() + ": cannot write this file: a folder is in the way");
  REQUIRE(entries(folder.path()) == 1);
  testing::write_text(folder / "plain", "x");
  REQUIRE(refusal(folder / "plain/f.h5") ==
          (folder / "plain").string() + ": cannot make this folder: Not a directory");
  REQUIRE(testing::read_text(folder / "plain") == "x");
}

TEST_CASE("a folder without permission is refused", "[results]") {
  if (::geteuid() == 0) {
    WARN("skipped: permissions do not bind the superuser");
    return;
  }
  const TemporaryFolder folder;
  std::filesystem::permissions(folder.path(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const std::string file = (folder / "f").string();
  REQUIRE(refusal(file) == file + ": cannot write this file: Permission denied");
  REQUIRE_THROWS_AS(check_folder_writable(folder / "new"), IoError);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

TEST_CASE("a full disk is reported, nothing is left, and what was there stays", "[results]") {
  const TemporaryFolder folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0) {
    WARN("skipped: cannot mount a small tmpfs here");
    return;
  }
  write_file_atomically(folder / "f", bytes_of("kept"));
  const std::string message = refusal(folder / "f", 1 << 20);
  const std::string kept = testing::read_text(folder / "f");
  const auto left = entries(folder.path());
  REQUIRE(::umount2(folder.path().c_str(), MNT_DETACH) == 0);
  REQUIRE(message == (folder / "f").string() + ": cannot write this file: No space left on device");
  REQUIRE(kept == "kept");
  REQUIRE(left == 1);
}

/// Runs `body` in a child process, which ends without this program's handlers; how it ended, as of waitpid.
template <class Body>
int in_child(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

/// A child that the system kills in the middle of writing the file: what it leaves is a part.
std::string part_of_killed_writer(const std::filesystem::path& file) {
  const int status = in_child([&] {
    const rlimit four_kilobytes{4096, 4096}, none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::setrlimit(RLIMIT_FSIZE, &four_kilobytes);
    write_file_atomically(file, bytes_of(std::string(1 << 16, 'x')));
  });
  REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ));
  std::string part;
  for (const auto& entry : std::filesystem::directory_iterator(file.parent_path())) {
    if (entry.path().extension() == ".part") part = entry.path().filename().string();
  }
  return part;
}

std::string hex(std::uint64_t number) {
  std::ostringstream text;
  text << std::hex << number;
  return text.str();
}

TEST_CASE("parts of dead writers are removed, parts of living ones and other files stay", "[results]") {
  const TemporaryFolder folder;
  const std::string dead = part_of_killed_writer(folder / "a.h5");
  REQUIRE(dead.starts_with("a.h5."));
  const std::string machine = dead.substr(5, dead.find('-') - 5);
  const std::string other_machine = hex(std::stoull(machine, nullptr, 16) ^ 1u);
  const testing::Process process({"sleep", "600"});
  const std::string pid = hex(static_cast<std::uint64_t>(process.pid()));
  const std::string living = "b.h5." + machine + "-" + pid + "-0-0.part";
  const std::string earlier = "c.h5." + machine + "-" + pid + "-1-0.part";  // of the same process number
  const std::string elsewhere = "d.h5." + other_machine + "-7fffffff-0-0.part";
  const std::string abandoned = "e.h5." + other_machine + "-7fffffff-0-1.part";
  const std::vector<std::string> others = {"notes.part",        "f.h5.123.part",       "g.h5",
                                           "h.h5.1-0-0-0.part", "i.h5.1-2-3.part",     "j.h5.1-2-3-4-5.part",
                                           "k.h5.1-2-3-x.part", "l.h5.1-2-3-4.part.h5"};
  std::vector<std::string> all = others;
  all.insert(all.end(), {living, earlier, elsewhere, abandoned});
  for (const std::string& name : all) testing::write_text(folder / name, "x");
  std::filesystem::last_write_time(folder / abandoned,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(25));
  remove_stale_parts(folder.path());
  for (const std::string& name : others) REQUIRE(std::filesystem::exists(folder / name));
  REQUIRE(std::filesystem::exists(folder / living));
  REQUIRE(std::filesystem::exists(folder / elsewhere));
  REQUIRE(!std::filesystem::exists(folder / dead));
  REQUIRE(!std::filesystem::exists(folder / earlier));
  REQUIRE(!std::filesystem::exists(folder / abandoned));
  REQUIRE_NOTHROW(remove_stale_parts(folder / "missing"));
}

TEST_CASE("a part that somebody removes is written again", "[results]") {
  const TemporaryFolder folder;
  constexpr int kFiles = 60;
  std::atomic<bool> done{false};
  std::set<std::string> removed;  // the files whose first part was removed
  std::thread remover([&] {
    while (!done) {
      std::error_code error;
      for (const auto& entry : std::filesystem::directory_iterator(folder.path(), error)) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() == ".part" && removed.insert(name.substr(0, name.find('.'))).second)
          std::filesystem::remove(entry.path(), error);
      }
    }
  });
  std::string failure;
  for (int i = 0; i < kFiles && failure.empty(); ++i) {
    const std::string message = refusal(folder / std::to_string(i), 1 << 16);
    if (message != "no IoError") failure = message;
  }
  done = true;
  remover.join();
  REQUIRE(failure.empty());
  REQUIRE(!removed.empty());
  REQUIRE(entries(folder.path()) == kFiles);
}

TEST_CASE("processes that write one file at once leave it whole, and nothing else", "[results]") {
  const TemporaryFolder folder;
  constexpr int kWriters = 6, kTimes = 30;
  constexpr std::size_t kSize = 50000;
  std::vector<pid_t> writers;
  for (int w = 0; w < kWriters; ++w) {
    const pid_t child = ::fork();
    if (child != 0) {
      writers.push_back(child);
      continue;
    }
    int code = 0;
    try {
      const std::string text(kSize, static_cast<char>('a' + w));
      for (int i = 0; i < kTimes; ++i) write_file_atomically(folder / "deep/down/f", bytes_of(text));
    } catch (const std::exception&) {
      code = 1;
    }
    ::_exit(code);
  }
  const auto is_whole = [](const std::string& text) {
    return text.size() == kSize && text.find_first_not_of(text[0]) == std::string::npos;
  };
  bool whole = true;
  int failed = 0;
  for (const pid_t writer : writers) {
    int status = 0;
    while (::waitpid(writer, &status, WNOHANG) == 0) {
      if (std::filesystem::exists(folder / "deep/down/f"))
        whole = whole && is_whole(testing::read_text(folder / "deep/down/f"));
    }
    failed += status != 0;
  }
  REQUIRE(failed == 0);
  REQUIRE(whole);
  REQUIRE(is_whole(testing::read_text(folder / "deep/down/f")));
  REQUIRE(entries(folder / "deep/down") == 1);
}

TEST_CASE("a folder is checked without being made", "[results]") {
  const TemporaryFolder folder;
  REQUIRE_NOTHROW(check_folder_writable(folder / "not/yet/there"));
  REQUIRE(entries(folder.path()) == 0);
  testing::write_text(folder / "plain", "x");
  REQUIRE_THROWS_WITH(check_folder_writable(folder / "plain"),
                      Catch::Contains("cannot write results here") && Catch::Contains("is not a folder"));
  REQUIRE_THROWS_AS(check_folder_writable(folder / "plain/below"), IoError);
}

}  // namespace
}  // namespace zipml
