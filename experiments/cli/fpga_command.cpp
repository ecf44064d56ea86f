#include <fstream>
#include <iostream>

#include "engine/core/error.h"
#include "experiments/cli/command_list.h"
#include "experiments/cli/fpga_explore.h"
#include "experiments/cli/fpga_format.h"
#include "experiments/cli/share.h"
#include "experiments/config/nearest.h"
#include "experiments/config/platform_reader.h"
#include "fpga_model/platform_info.h"

namespace zipml {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 40, kMostTraced = 100'000'000;

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
  if (options.has(name)) return options.integer(name);
  throw InputError("zipml fpga: --" + name + " is missing; see: zipml fpga --help");
}

fpga::Shape read_shape(const ParsedOptions& options, std::int64_t batch) {
  fpga::Shape shape;
  shape.features = required(options, "features");
  shape.rows = required(options, "rows");
  shape.epochs = options.integer("epochs");
  shape.batch = options.has("batch") ? options.integer("batch") : batch;
  return shape;
}

fpga::DesignOptions design_options(const ParsedOptions& options, const fpga::Design& design) {
  fpga::DesignOptions chosen;
  if (options.has("bits")) {
    if (!design.chooses_bits()) {
      throw InputError("zipml fpga: --bits: " + design.name() +
                       " has its own bits; allowed with mlweaving only");
    }
    chosen.bits = options.integer("bits");
  }
  chosen.chaining = options.text("chaining") == "yes";
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
  const std::int64_t cycles = options.integer("cycles");
  WaveWriter waves(file, run);
  run.design->trace(
      run.shape, run.platform, run.options, cycles,
      [&waves](const std::vector<fpga::Probe>& probes) { waves.header(probes); },
      [&waves](std::int64_t edge) { waves.row(edge); });
  waves.finish();
}

std::filesystem::path platform_file(const ParsedOptions& options) {
  return options.has("platform") ? find_shared(options.text("platform"), {"fpga"}) : "";
}

int explore(const ParsedOptions& options) {
  if (!options.positional().empty()) {
    throw InputError("zipml fpga: DESIGN and --explore are given; allowed: one of them");
  }
  for (const char* name : {"bits", "trace", "batch"}) {
    if (options.has(name))
      throw InputError(std::string("zipml fpga: --") + name + " does nothing with --explore");
  }
  const fpga::Platform base = load_platform(platform_file(options), options.all("set"),
                                            fpga::find_design("harp_q8")->default_platform());
  const std::string format = options.text("format");
  const std::vector<Candidate> best = pareto_front(explore_candidates(read_shape(options, 1), base));
  std::cout << (format == "json" ? explore_json(best) : explore_table(best));
  return 0;
}

}  // namespace

OptionParser fpga_options() {
  Manual manual;
  manual.command = "fpga";
  manual.about = "cycles, stalls and bytes of a published FPGA engine";
  manual.description = {
      "Runs the clocked model of one of the authors' published engines on a data set's shape, and says how "
      "many cycles and seconds it takes, what every cycle was spent on, how many bytes are read and what "
      "binds. docs/fpga.md says what is modelled and how it is checked.",
      "A platform is a board: its clock, memory and link. One that is no file here is looked for among those "
      "that came with the program: `--platform harp_qpi`."};
  manual.files = {{"PREFIX/share/zipml/configs/fpga", "platforms"}};
  manual.examples = {
      {"zipml fpga harp_q2 --features 785 --rows 10000 --platform harp_qpi",
       "2-bit samples of MNIST's width"},
      {"zipml fpga harp_q4 --features 90 --rows 128 --trace waves.vcd", "The signals of the first cycles"},
      {"zipml fpga --explore --features 785 --rows 10000", "Engines that nobody built"}};
  manual.see_also = {"list", "run", "fpga.md", "timed_runs.md"};
  OptionParser parser(std::move(manual));
  parser
      .positional(text_value("DESIGN", member_names(fpga::design_family())),
                  "an engine of `zipml list designs`; none with --explore", 0, 1)
      .value("features", integer_value("D", 1, kMost), "features of a row, the bias feature included")
      .value("rows", integer_value("N", 1, kMost), "rows of the data set")
      .value("epochs", integer_value("E", 1, kMost), "passes over the data", "1")
      .value("batch", integer_value("B", 1, kMost),
             "rows of a mini-batch; changes the cycles of mlweaving only")
      .otherwise("1, of mlweaving 8")
      .value("bits", integer_value("B", 1, 32), "mlweaving: bit planes read")
      .value("chaining", one_word({"yes", "no"}),
             "mlweaving: start the next batch after the first updated chunk", "yes")
      .value("platform", file_value("FILE", ".json", shared_platform_names()), "clock, memory and input")
      .otherwise("the design's own")
      .repeated("set", text_value("/json/pointer=VALUE"),
                "change a value of the platform, such as /memory/rate=[1,2]")
      .value("format", one_word({"table", "json"}), "how the result is written", "table")
      .value("trace", file_value("FILE"), "also write a waveform of the first cycles: .vcd, or .csv")
      .value("cycles", integer_value("N", 1, kMostTraced), "cycles in the waveform", "1000")
      .flag("explore",
            "sweep lanes, bits, clock and bandwidth of HARP-like engines; print the best by time and "
            "multipliers");
  return parser;
}

int fpga_command(const ParsedOptions& options) {
  if (options.has("explore")) return explore(options);
  FpgaRun run;
  run.design = &named_design(options);
  run.options = design_options(options, *run.design);
  run.shape = read_shape(options, run.design->chooses_bits() ? 8 : 1);
  run.platform = load_platform(platform_file(options), options.all("set"), run.design->default_platform());
  const std::string format = options.text("format");
  run.report = run.design->simulate(run.shape, run.platform, run.options, {});
  if (options.has("trace")) write_trace(options, run);
  std::cout << (format == "json" ? fpga_json(run) : fpga_table(run));
  return 0;
}

}  // namespace zipml
