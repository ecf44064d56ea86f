#include <fstream>
#include <iostream>

#include "engine/core/error.h"
#include "experiments/cli/commands.h"
#include "experiments/cli/fpga_explore.h"
#include "experiments/cli/fpga_format.h"
#include "experiments/cli/options.h"
#include "experiments/config/nearest.h"
#include "experiments/config/platform_reader.h"
#include "fpga_model/platform_info.h"

namespace zipml {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 40;

OptionParser fpga_parser() {
  OptionParser parser(
      "fpga",
      "Runs the cycle model of a published FPGA engine on a data set's shape: cycles, seconds, bytes, "
      "stalls by cause, what binds.",
      "zipml fpga harp_q4 --features 90 --rows 128 --epochs 2 --platform configs/fpga/harp.json");
  parser.positional("DESIGN", "an engine of `zipml list designs`; none with --explore", 0, 1)
      .value("features", "D", "features of a row, the bias feature included")
      .value("rows", "N", "rows of the data set")
      .value("epochs", "E", "passes over the data", "1")
      .value("batch", "B",
             "rows of a mini-batch (changes the cycles of mlweaving only; default: 1, mlweaving 8)")
      .value("bits", "B", "mlweaving: bit planes read, 1 to 32")
      .value("chaining", "yes|no", "mlweaving: start the next batch after the first updated chunk", "yes")
      .value("platform", "FILE", "clock, memory and input (configs/fpga/); default: the design's own")
      .repeated("set", "/json/pointer=VALUE", "change a value of the platform, such as /memory/rate=[1,2]")
      .value("format", "table|json", "how the result is written", "table")
      .value("trace", "FILE", "also write a waveform of the first cycles: .vcd, or .csv")
      .value("cycles", "N", "cycles in the waveform", "1000")
      .flag("explore",
            "sweep lanes, bits, clock and bandwidth of HARP-like engines; print the best by time and "
            "multipliers");
  return parser;
}

const fpga::Design& named_design(const ParsedOptions& options) {
  const std::vector<std::string> known = member_names(fpga::design_family());
  if (options.positional().empty()) {
    throw InputError("zipml fpga: DESIGN is missing; allowed: " + join(known) + ", or --explore");
  }
  const std::string& name = options.positional().front();
  if (const fpga::Design* design = fpga::find_design(name)) return *design;
  throw InputError("zipml fpga: unknown design \"" + name + "\"" + did_you_mean(name, known) +
                   "; allowed: " + join(known));
}

std::int64_t required(const ParsedOptions& options, const std::string& name) {
  if (options.has(name)) return options.integer(name, 1, kMost);
  throw InputError("zipml fpga: --" + name + " is missing; see: zipml fpga --help");
}

fpga::Shape read_shape(const ParsedOptions& options, std::int64_t batch) {
  fpga::Shape shape;
  shape.features = required(options, "features");
  shape.rows = required(options, "rows");
  shape.epochs = options.integer("epochs", 1, kMost);
  shape.batch = options.has("batch") ? options.integer("batch", 1, kMost) : batch;
  return shape;
}

fpga::DesignOptions design_options(const ParsedOptions& options, const fpga::Design& design) {
  fpga::DesignOptions chosen;
  if (options.has("bits")) {
    if (!design.chooses_bits()) {
      throw InputError("zipml fpga: --bits: " + design.name() +
                       " has its own bits; allowed with mlweaving only");
    }
    chosen.bits = options.integer("bits", 1, 32);
  }
  chosen.chaining = options.one_of("chaining", {"yes", "no"}) == "yes";
  return chosen;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// One character names a signal, two after 94 of them; no design has more.
char vcd_name(std::size_t index) { return static_cast<char>('!' + index); }

std::string vcd_value(std::int64_t value, int bits, char name) {
  if (bits == 1) return std::string(1, value ? '1' : '0') + name + "\n";
  std::string digits;
  for (int bit = bits - 1; bit >= 0; --bit) digits += (value >> bit & 1) ? '1' : '0';
  return "b" + digits + " " + name + "\n";
}

// Writes waves as they come: CSV a line an edge, VCD the values that changed.
class WaveWriter {
 public:
  WaveWriter(const std::string& file, const FpgaRun& run)
      : file_(file), vcd_(ends_with(file, ".vcd")), run_(run) {
    out_.open(file);
    if (!out_) throw IoError(file + ": cannot be written");
  }

  void header(const std::vector<fpga::Probe>& probes) {
    probes_ = probes;
    if (!vcd_) {
      out_ << "edge";
      for (const fpga::Probe& probe : probes_) out_ << "," << probe.name;
      out_ << "\n";
      return;
    }
    out_ << "$timescale " << static_cast<std::int64_t>(1e12 / run_.platform.clock_hz)
         << " ps $end\n$scope module " << run_.design->name() << " $end\n";
    for (std::size_t i = 0; i < probes_.size(); ++i) {
      out_ << "$var wire " << probes_[i].bits << " " << vcd_name(i) << " " << probes_[i].name << " $end\n";
    }
    out_ << "$upscope $end\n$enddefinitions $end\n";
  }

  void row(std::int64_t edge) {
    if (!vcd_) {
      out_ << edge;
      for (const fpga::Probe& probe : probes_) out_ << "," << probe.read();
      out_ << "\n";
      return;
    }
    std::string changes;
    last_.resize(probes_.size(), -1);
    for (std::size_t i = 0; i < probes_.size(); ++i) {
      const std::int64_t value = probes_[i].read();
      if (value == last_[i]) continue;
      last_[i] = value;
      changes += vcd_value(value, probes_[i].bits, vcd_name(i));
    }
    if (!changes.empty()) out_ << "#" << edge << "\n" << changes;
  }

  void finish() {
    out_.close();
    if (!out_) throw IoError(file_ + ": cannot be written");
  }

 private:
  std::string file_;
  bool vcd_;
  const FpgaRun& run_;
  std::ofstream out_;
  std::vector<fpga::Probe> probes_;
  std::vector<std::int64_t> last_;
};

void write_trace(const ParsedOptions& options, const FpgaRun& run) {
  const std::string& file = options.text("trace");
  if (!ends_with(file, ".vcd") && !ends_with(file, ".csv")) {
    throw InputError("zipml fpga: --trace: found \"" + file +
                     "\"; allowed: a name that ends in .vcd or .csv");
  }
  constexpr std::int64_t kMostTraced = 100'000'000;
  const std::int64_t cycles = options.integer("cycles", 1, kMostTraced);
  WaveWriter waves(file, run);
  run.design->trace(
      run.shape, run.platform, run.options, cycles,
      [&waves](const std::vector<fpga::Probe>& probes) { waves.header(probes); },
      [&waves](std::int64_t edge) { waves.row(edge); });
  waves.finish();
}

int explore(const ParsedOptions& options) {
  if (!options.positional().empty()) {
    throw InputError("zipml fpga: DESIGN and --explore are given; allowed: one of them");
  }
  for (const char* name : {"bits", "trace", "batch"}) {
    if (options.has(name))
      throw InputError(std::string("zipml fpga: --") + name + " does nothing with --explore");
  }
  const fpga::Platform base =
      load_platform(options.has("platform") ? options.text("platform") : "", options.all("set"),
                    fpga::find_design("harp_q8")->default_platform());
  const std::string format = options.one_of("format", {"table", "json"});
  const std::vector<Candidate> best = pareto_front(explore_candidates(read_shape(options, 1), base));
  std::cout << (format == "json" ? explore_json(best) : explore_table(best));
  return 0;
}

}  // namespace

int fpga_command(const std::vector<std::string>& args) {
  const auto options = fpga_parser().parse(args);
  if (!options) return 0;
  if (options->has("explore")) return explore(*options);
  FpgaRun run;
  run.design = &named_design(*options);
  run.options = design_options(*options, *run.design);
  run.shape = read_shape(*options, run.design->chooses_bits() ? 8 : 1);
  run.platform = load_platform(options->has("platform") ? options->text("platform") : "", options->all("set"),
                               run.design->default_platform());
  const std::string format = options->one_of("format", {"table", "json"});
  run.report = run.design->simulate(run.shape, run.platform, run.options, {});
  if (options->has("trace")) write_trace(*options, run);
  std::cout << (format == "json" ? fpga_json(run) : fpga_table(run));
  return 0;
}

}  // namespace zipml
