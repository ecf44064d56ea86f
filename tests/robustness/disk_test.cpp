#include <sys/mount.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

#include "tests/robustness/sweep_folder.h"

namespace zipml::testing {
namespace {

/// A mount that ends with its scope; `mounted()` is false where mounting is not allowed.
class Mount {
 public:
  Mount(const std::filesystem::path& place, const char* options) : place_(place) {
    std::filesystem::create_directories(place);
    mounted_ = ::mount("tmpfs", place.c_str(), "tmpfs", 0, options) == 0;
    if (!mounted_)
      WARN("skipped: mounting a tmpfs is not allowed here (needs root): " << std::strerror(errno));
  }
  ~Mount() {
    if (mounted_) ::umount2(place_.c_str(), MNT_DETACH);
  }
  Mount(const Mount&) = delete;
  Mount& operator=(const Mount&) = delete;

  bool mounted() const { return mounted_; }
  bool again(unsigned long flags, const char* options) const {
    return ::mount("tmpfs", place_.c_str(), "tmpfs", MS_REMOUNT | flags, options) == 0;
  }

 private:
  std::filesystem::path place_;
  bool mounted_ = false;
};

// One message, that names a file of the folder and the reason; exit 1; no half result; what was there is
// there.
void require_refused(const ProcessResult& run, const std::filesystem::path& out, const std::string& reason) {
  INFO(run.err);
  REQUIRE(run.exit_code == 1);
  REQUIRE(count_of(run.err, reason) == 1);
  const std::size_t end = run.err.find(reason);
  const std::string line = run.err.substr(run.err.rfind('\n', end) + 1, end - run.err.rfind('\n', end));
  REQUIRE_THAT(line, Catch::Contains(out.string()));
  REQUIRE(count_parts(out) == 0);
  require_whole(out);
}

TEST_CASE("a full disk ends the sweep with one message, and it goes on once there is space",
          "[robustness][disk]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "unbroken")).exit_code == 0);
  const Mount disk(folder / "out", "size=200k");
  if (!disk.mounted()) return;
  for (const char* jobs : {"1", "2"}) {
    const ProcessResult full = run_zipml(sweep_arguments(folder, "out", {"--jobs", jobs}));
    require_refused(full, folder / "out", "No space left on device");
    const int results = count_results(folder / "out");
    REQUIRE(results > 0);
    REQUIRE(results < kSweepRuns);
    REQUIRE_THAT(full.err, Catch::Contains("runs are left; the same command goes on where this one stopped"));
  }
  const auto before = contents(folder / "out");
  REQUIRE(disk.again(0, "size=2m"));
  const ProcessResult more = run_zipml(sweep_arguments(folder, "out"));
  INFO(more.err);
  REQUIRE(more.exit_code == 0);
  require_same(folder / "unbroken", folder / "out");
  const auto after = contents(folder / "out");
  for (const auto& file : before) REQUIRE(std::find(after.begin(), after.end(), file) != after.end());
}

TEST_CASE("a report that does not fit leaves the one before it", "[robustness][disk]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "results")).exit_code == 0);
  const Mount disk(folder / "small", "size=16k");
  if (!disk.mounted()) return;
  const std::string page = (folder / "small" / "report.html").string();
  write_text(page, "the one before");
  const ProcessResult report =
      run_zipml({"report", (folder / "results").string(), "--format", "html", "--output", page});
  REQUIRE(report.exit_code == 1);
  REQUIRE(report.err == page + ": cannot write this file: No space left on device\n");
  REQUIRE(read_text(page) == "the one before");
  REQUIRE(count_parts(folder / "small") == 0);
}

TEST_CASE("a limit on the size of files is a message, not a signal", "[robustness][disk]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "unbroken")).exit_code == 0);
  const auto arguments = sweep_arguments(folder, "out");
  std::vector<std::string> limited = {"sh", "-c", "ulimit -f 8; exec \"$@\"", "sh"};  // 4 or 8 KiB
  for (const std::string& word : zipml_command(arguments)) limited.push_back(word);
  const ProcessResult refused = run_process(limited);
  REQUIRE(refused.signal == 0);
  require_refused(refused, folder / "out", "File too large");
  REQUIRE(run_zipml(arguments).exit_code == 0);
  require_same(folder / "unbroken", folder / "out");
}

TEST_CASE("whatever call of writing fails, there is one message and nothing is lost", "[robustness][disk]") {
  if (kSanitized) {
    WARN("skipped: no library can be loaded before a sanitizer's");
    return;
  }
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "unbroken")).exit_code == 0);
  int refusals = 0;
  for (const char* call : {"open", "write", "fsync", "close", "rename"}) {
    for (const auto& [error, at] :
         {std::pair{ENOSPC, 0}, std::pair{ENOSPC, 4}, std::pair{EIO, 1}, std::pair{EDQUOT, 2}}) {
      const std::string fault = std::string(call) + ":" + std::to_string(at) + ":" + std::to_string(error);
      const std::string out = "out-" + fault;
      const auto arguments = sweep_arguments(folder, out, {"--jobs", "2"});
      const ProcessResult run = run_zipml(arguments, with_fault(fault));
      INFO(fault);
      require_refused(run, folder / out, std::strerror(error));
      // Two runs are under way when the first of them fails, and the call may be the tuning's.
      REQUIRE(count_results(folder / out) <= at);
      ++refusals;
      if (at != 4) continue;
      REQUIRE(run_zipml(arguments).exit_code == 0);
      require_same(folder / "unbroken", folder / out);
    }
  }
  REQUIRE(refusals == 20);
}

TEST_CASE("a folder that cannot be written is refused before any work", "[robustness][disk]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "results")).exit_code == 0);
  SECTION("a read-only disk, which binds the superuser too") {
    const Mount disk(folder / "out", "size=2m");
    if (!disk.mounted()) return;
    const std::filesystem::path first = find_results(folder / "results").front();
    std::filesystem::create_directories(folder / "out/sweep");
    std::filesystem::copy_file(first, folder / "out/sweep" / first.filename());
    const auto before = contents(folder / "out");
    REQUIRE(disk.again(MS_RDONLY, "size=2m"));
    const ProcessResult run = run_zipml(sweep_arguments(folder, "out"));
    require_refused(run, folder / "out", "Read-only file system");
    REQUIRE_THAT(run.err, !Catch::Contains("finished in"));
    REQUIRE(contents(folder / "out") == before);
    // Reading needs no writing.
    REQUIRE(run_zipml({"report", (folder / "out").string()}).exit_code == 0);
    REQUIRE(run_zipml({"export", (folder / "out").string()}).exit_code == 0);
    REQUIRE(run_zipml(sweep_arguments(folder, "out", {"--dry-run"})).exit_code == 0);
    REQUIRE(contents(folder / "out") == before);
  }
  SECTION("a folder of another user") {
    if (::geteuid() != 0 || run_process({"setpriv", "--version"}).exit_code != 0) {
      WARN("skipped: needs root and setpriv, to become a user without rights");
      return;
    }
    namespace fs = std::filesystem;
    fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
    fs::permissions(folder / "results",
                    fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
    std::vector<std::string> nobody = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
    for (const std::string& word : zipml_command(sweep_arguments(folder, "results", {"--force"})))
      nobody.push_back(word);
    const auto before = contents(folder / "results");
    const ProcessResult run = run_process(nobody);
    if (run.exit_code == 127) {
      WARN("skipped: the program lies where no other user may start it");
      return;
    }
    require_refused(run, folder / "results", "Permission denied");
    REQUIRE(contents(folder / "results") == before);
  }
}

}  // namespace
}  // namespace zipml::testing
