#include "experiments/results/atomic_file.h"

#include <sys/mount.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <string>
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

TEST_CASE("parts of dead writers are removed, parts of living ones stay", "[results]") {
  const TemporaryFolder folder;
  testing::Process living({"sleep", "60"});
  testing::Process ended({"true"});
  const std::string alive = "a.h5." + std::to_string(living.pid()) + ".part";
  const std::string dead = "b.h5." + std::to_string(ended.pid()) + ".part";
  const std::string own = "c.h5." + std::to_string(::getpid()) + ".part";
  ended.wait();
  for (const std::string& name : {alive, dead, own, std::string("notes.part"), std::string("d.h5")}) {
    testing::write_text(folder / name, "x");
  }
  remove_stale_parts(folder.path());
  REQUIRE(std::filesystem::exists(folder / alive));
  REQUIRE(!std::filesystem::exists(folder / dead));
  REQUIRE(!std::filesystem::exists(folder / own));
  REQUIRE(std::filesystem::exists(folder / "notes.part"));
  REQUIRE(std::filesystem::exists(folder / "d.h5"));
  REQUIRE_NOTHROW(remove_stale_parts(folder / "missing"));
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
