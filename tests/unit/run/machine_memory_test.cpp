#include "experiments/run/machine_memory.h"

#include <catch2/catch.hpp>

#include "tests/e2e/process.h"

namespace zipml {
namespace {

using testing::TemporaryFolder;
using testing::write_text;

constexpr std::uint64_t kMeminfo = 1000000 * std::uint64_t{1024};

// A machine with 1,000,000 KiB to spare, before any cgroup.
void write_machine(const TemporaryFolder& root) {
  write_text(root / "proc/meminfo", "MemTotal: 2000000 kB\nMemFree: 5 kB\nMemAvailable:   1000000 kB\n");
}

TEST_CASE("without a cgroup what the machine has available is the limit", "[memory]") {
  const TemporaryFolder root;
  write_machine(root);
  CHECK(machine_memory(root.path()).bytes == kMeminfo);
  CHECK(machine_memory(root.path()).source == "MemAvailable of /proc/meminfo");
}

TEST_CASE("where nothing is known there is no limit", "[memory]") {
  const TemporaryFolder root;
  CHECK(machine_memory(root.path()).bytes == UINT64_MAX);
}

TEST_CASE("a cgroup's limit counts, less what is used and is no cache", "[memory]") {
  const TemporaryFolder root;
  write_machine(root);
  write_text(root / "proc/self/cgroup", "0::/job/step\n");
  const auto group = root / "sys/fs/cgroup/job/step";
  write_text(group / "memory.max", "300000000\n");
  write_text(group / "memory.current", "200000000\n");
  write_text(group / "memory.stat", "anon 1\ninactive_file 150000000\nactive_file 3\n");
  CHECK(machine_memory(root.path()).bytes == 250000000);
  CHECK(machine_memory(root.path()).source == (group / "memory.max").string());
  SECTION("and a tighter one above it more") {
    write_text(root / "sys/fs/cgroup/job/memory.max", "210000000\n");
    write_text(root / "sys/fs/cgroup/job/memory.current", "200000000\n");
    CHECK(machine_memory(root.path()).bytes == 10000000);
  }
  SECTION("and none where it says max") {
    write_text(group / "memory.max", "max\n");
    CHECK(machine_memory(root.path()).bytes == kMeminfo);
  }
  SECTION("and nothing is left where it is used up") {
    write_text(group / "memory.current", "900000000\n");
    CHECK(machine_memory(root.path()).bytes == 0);
  }
  SECTION("and the mount's own, where the path is another one's") {
    write_text(root / "proc/self/cgroup", "0::/../elsewhere\n");
    write_text(root / "sys/fs/cgroup/memory.max", "5000000\n");
    write_text(root / "sys/fs/cgroup/memory.current", "1000000\n");
    CHECK(machine_memory(root.path()).bytes == 4000000);
  }
}

TEST_CASE("a cgroup of version 1 counts as well", "[memory]") {
  const TemporaryFolder root;
  write_machine(root);
  write_text(root / "proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/slurm/job_7\n");
  const auto group = root / "sys/fs/cgroup/memory/slurm/job_7";
  write_text(group / "memory.limit_in_bytes", "400000000\n");
  write_text(group / "memory.usage_in_bytes", "100000000\n");
  write_text(group / "memory.stat", "cache 90000000\ntotal_inactive_file 60000000\n");
  CHECK(machine_memory(root.path()).bytes == 360000000);
}

TEST_CASE("sizes are bytes or powers of 1024", "[memory]") {
  CHECK(parse_size("1") == 1u);
  CHECK(parse_size("1000000") == 1000000u);
  CHECK(parse_size("64K") == 65536u);
  CHECK(parse_size("64KiB") == 65536u);
  CHECK(parse_size("8G") == std::uint64_t{8} << 30);
  CHECK(parse_size("2Ti") == std::uint64_t{2} << 40);
  for (const char* wrong :
       {"", "0", "K", "-1", "8x", "8 G", "1.5G", "8GG", "16777216T", "99999999999999999999"}) {
    INFO(wrong);
    CHECK(!parse_size(wrong));
  }
}

}  // namespace
}  // namespace zipml
