#include <catch2/catch.hpp>
#include <vector>

#include "fpga_model/fifo.h"
#include "fpga_model/memory_port.h"
#include "fpga_model/parts.h"
#include "fpga_model/requester.h"
#include "fpga_model/stream.h"

namespace zipml::fpga {
namespace {

// Drives `in` as given, one value an edge, and collects what is seen at `out` at each edge.
template <class Part>
std::vector<int> respond(Part& part, Signal& in, const Signal& out, const std::vector<int>& inputs) {
  std::vector<int> seen;
  for (const int value : inputs) {
    in.value = value != 0;
    seen.push_back(out.value);
    part.evaluate();
    part.commit();
  }
  return seen;
}

TEST_CASE("a stage hands on an item exactly its latency later", "[fpga]") {
  for (const int latency : {1, 2, 7, 63}) {
    Signal in;
    Stage stage("s", latency, 32, in);
    std::vector<int> inputs(70, 0);
    inputs[0] = inputs[3] = 1;
    const std::vector<int> seen = respond(stage, in, stage.out, inputs);
    for (int edge = 0; edge < 70; ++edge) {
      INFO("latency " << latency << ", edge " << edge);
      CHECK(seen[static_cast<std::size_t>(edge)] == (edge == latency || edge == latency + 3 ? 1 : 0));
    }
  }
}

TEST_CASE("an accumulator hands on one result after its last item", "[fpga]") {
  Signal in;
  Accumulator sum(3, in);
  CHECK(respond(sum, in, sum.out, {1, 1, 0, 1, 1, 1, 1, 0, 0}) ==
        std::vector<int>{0, 0, 0, 0, 1, 0, 0, 1, 0});
}

TEST_CASE("a repeater gives one item a cycle from one cycle later", "[fpga]") {
  Signal in;
  Repeater repeat(3, in);
  CHECK(respond(repeat, in, repeat.out, {1, 0, 0, 1, 0, 0, 0, 0}) ==
        std::vector<int>{0, 1, 1, 1, 1, 1, 1, 0});
}

TEST_CASE("a repeated sum starts right behind its last item", "[fpga]") {
  Signal in;
  RepeatedSum sum(2, in);
  CHECK(respond(sum, in, sum.out, {1, 1, 0, 0, 1, 1, 0, 0, 0}) ==
        std::vector<int>{0, 0, 1, 1, 0, 0, 1, 1, 0});
}

TEST_CASE("a FIFO counts a write one edge later and gives a read after its latency", "[fpga]") {
  Signal write, read;
  Fifo fifo("f", 4, 8, write, read, 3);
  std::vector<std::int64_t> levels;
  std::vector<int> outs;
  for (int edge = 0; edge < 8; ++edge) {
    write.value = edge == 0;
    read.value = edge == 1 || edge == 2;  // the second read finds nothing
    levels.push_back(fifo.level());
    outs.push_back(fifo.out.value);
    fifo.evaluate();
    fifo.commit();
  }
  CHECK(levels == std::vector<std::int64_t>{0, 1, 0, 0, 0, 0, 0, 0});
  CHECK(outs == std::vector<int>{0, 0, 0, 0, 1, 0, 0, 0});
  CHECK(fifo.peak() == 1);
}

TEST_CASE("a FIFO uses all but one of its places", "[fpga]") {
  Signal write{true}, read;
  Fifo fifo("f", 4, 8, write, read, 1);
  for (int i = 0; i < 3; ++i) {
    fifo.evaluate();
    fifo.commit();
  }
  CHECK(fifo.level() == 3);
  CHECK_THROWS_AS(fifo.evaluate(), FifoOverflow);
}

// Edges at which a response is seen when a request is seen at each of the first `requests` edges.
std::vector<int> response_edges(const Memory& memory, int requests, int edges) {
  Signal request;
  MemoryPort port(memory, request);
  std::vector<int> seen;
  for (int edge = 0; edge < edges; ++edge) {
    request.value = edge < requests;
    if (port.response.value) seen.push_back(edge);
    port.evaluate();
    port.commit();
  }
  return seen;
}

TEST_CASE("a memory answers its latency after the request, not an edge earlier", "[fpga]") {
  for (const std::int64_t latency : {1, 2, 5, 40}) {
    Memory memory;
    memory.latency_cycles = latency;
    CHECK(response_edges(memory, 1, 60) == std::vector<int>{static_cast<int>(latency)});
  }
  Memory memory;
  memory.latency_cycles = 0;
  CHECK(response_edges(memory, 1, 5) == std::vector<int>{1});
}

TEST_CASE("a memory's rate is a lines in b cycles", "[fpga]") {
  Memory memory;
  memory.latency_cycles = 10;
  memory.rate_lines = 2;
  memory.rate_cycles = 5;
  // Full bucket first: line i comes floor(5 i / 2) cycles after the first.
  CHECK(response_edges(memory, 6, 40) == std::vector<int>{10, 12, 15, 17, 20, 22});
}

TEST_CASE("a stalled memory answers nothing during the first cycles of its period", "[fpga]") {
  Memory memory;
  memory.latency_cycles = 1;
  memory.stall_period = 4;
  memory.stall_cycles = 2;
  const std::vector<int> edges = response_edges(memory, 6, 40);
  CHECK(edges == std::vector<int>{3, 4, 7, 8, 11, 12});
}

TEST_CASE("almost full shows one edge after the last allowed request was seen", "[fpga]") {
  Memory memory;
  memory.latency_cycles = 50;
  memory.max_outstanding = 3;
  Signal request;
  MemoryPort port(memory, request);
  std::vector<int> full;
  for (int edge = 0; edge < 6; ++edge) {
    request.value = edge < 3;
    full.push_back(port.almost_full.value);
    port.evaluate();
    port.commit();
  }
  CHECK(full == std::vector<int>{0, 0, 0, 1, 1, 1});
}

TEST_CASE("a stream's gap makes it invalid for exactly its length", "[fpga]") {
  Platform platform;
  platform.memory.latency_cycles = 0;
  platform.gap = {2, 3};
  Signal ready{true};
  StreamSource stream(8, platform, ready);
  std::vector<int> valid;
  for (int edge = 0; edge < 14; ++edge) {
    valid.push_back(stream.valid.value);
    stream.evaluate();
    stream.commit();
  }
  CHECK(valid == std::vector<int>{0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0});
}

}  // namespace
}  // namespace zipml::fpga
