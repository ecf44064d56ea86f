#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace zipml::fpga {

/// What an engine trains on, already in the engine's own form. Either codes or values are filled.
struct HardwareSamples {
  std::int64_t rows = 0, features = 0;
  std::vector<std::uint16_t>
      first;  ///< rows x features codes in 0..2^(Q-1): code / 2^(Q-1), for the dot product
  std::vector<std::uint16_t> second;  ///< the second draw, for the update; empty: `first` is read twice
  std::vector<float> values;          ///< rows x features, float designs
  std::vector<float> labels;          ///< rows
};

/// Copies of the same rows with other draws: epoch e reads copy e mod their number, as HARP's host may
/// arrange it.
using SampleCopies = std::vector<HardwareSamples>;

/// How an engine is configured.
struct HardwareSettings {
  float step = 0;          ///< gamma where the engine multiplies
  int shift = 0;           ///< gamma = 2^-shift where the engine shifts (HARP quantized), 0..31
  std::int64_t batch = 1;  ///< a power of two: rows between two model updates that the dot product sees
  std::int64_t epochs = 1;
  bool stale = true;  ///< false: every dot product sees all updates before it, as a program would compute it
};

/// Fixed-point value of a float: truncated toward zero, wrapped to 32 bits, as the engines convert.
std::int32_t to_fixed(float value);
/// The float of a fixed-point value, rounded to nearest.
float to_float(std::int32_t fixed);
/// code x word as the engines multiply: select, shift, or an integer product shifted right by bits - 1.
std::int32_t code_product(std::uint16_t code, std::int32_t word, std::int64_t bits);

/// What tells one design's arithmetic from another's.
struct ArithmeticFormat {
  std::int64_t bits = 32;         ///< of a code; 32 = float
  std::int64_t lanes = 16;        ///< features of a beat
  std::int64_t beats = 1;         ///< of a sample
  std::int64_t masked_lanes = 0;  ///< of a sample's last beat: the label lies there, features are lost
  bool shifts_step = false;       ///< HARP quantized: fixed-point label, gamma a shift
  bool last_row_updates = false;  ///< HARP: the last row always updates the model that the dot product reads
  bool writes_back_update_copy = false;  ///< PYNQ
};

/// Called with the model after each epoch.
using ModelCallback = std::function<void(const std::vector<float>& model)>;

/// The arithmetic of one engine, beat by beat; when a beat's model is read and when it is written is told
/// from outside. Sums and differences wrap at 32 bits like the hardware's. (The authors' RTL; codes are
/// unsigned, features in [0, 1].)
class HardwareArithmetic {
 public:
  /// `copies` must outlive this; one at least, all of one shape. std::invalid_argument if they do not fit the
  /// format.
  HardwareArithmetic(const ArithmeticFormat& format, const SampleCopies& copies,
                     const HardwareSettings& settings);

  /// The dot product reads the model for the next beat.
  void read_beat();
  /// The next beat's update reaches the update copy.
  void update_beat();
  /// What the last update wrote reaches the model that the dot product reads, where the batch's gate is open.
  void publish_beat();
  /// The model as it is written back now, one float a feature.
  std::vector<float> model() const;
  /// Everything in program order: each dot product sees all updates before it.
  void run_in_order(const ModelCallback& on_epoch);

  /// Features that share their place with the label and are read as zero.
  std::int64_t lost_features() const;

 private:
  struct Scalar {
    float value;
    std::int32_t fixed;
  };
  struct Written {
    std::int64_t beat;
    bool visible;
  };

  const HardwareSamples& copy(std::int64_t epoch) const;
  std::int64_t beat_end(std::int64_t beat) const;
  void finish_dot();

  ArithmeticFormat format_;
  const SampleCopies& copies_;
  std::int64_t rows_, features_;
  HardwareSettings settings_;
  std::vector<std::int32_t> x_, update_copy_;
  std::int64_t read_epoch_ = 0, read_row_ = 0, read_beat_ = 0;
  std::int64_t update_epoch_ = 0, update_row_ = 0, update_beat_ = 0;
  std::uint32_t sum_ = 0;
  std::deque<Scalar> scalars_;
  Written last_{0, false};
};

}  // namespace zipml::fpga
