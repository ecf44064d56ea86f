#include "fpga_model/weaving_parts.h"

namespace zipml::fpga {
namespace {

// Enough for any of the control states below.
std::uint64_t word(std::int64_t value) { return static_cast<std::uint64_t>(value); }

}  // namespace

void WeavingRequester::evaluate() {
  next_step_ = step_;
  next_request_ = false;
  const bool ready = !memory_->almost_full.value && memory_->waiting() < enough_;
  switch (step_) {
    case Step::kWait:
      if (wait_ == 0) next_step_ = Step::kEpoch;
      break;
    case Step::kEpoch:
      next_step_ = epoch_ == shape_.epochs ? Step::kEnd : Step::kLabels;
      break;
    case Step::kLabels:
      next_request_ = ready;
      if (ready) next_step_ = Step::kGroup;
      break;
    case Step::kGroup:
      if (group_ == shape_.groups) {
        next_step_ = Step::kEpoch;
      } else {
        next_step_ = labels_due_ && group_ % 2 == 0 ? Step::kLabels : Step::kLines;
      }
      break;
    case Step::kLines:
      next_request_ = ready;
      if (ready && line_ == shape_.lines() - 1) next_step_ = Step::kGroup;
      break;
    case Step::kEnd:
      break;
  }
}

void WeavingRequester::commit() {
  switch (step_) {
    case Step::kWait:
      --wait_;
      break;
    case Step::kEpoch:
      ++epoch_;
      group_ = 0;
      labels_due_ = false;
      break;
    case Step::kLabels:
      labels_due_ = false;
      break;
    case Step::kGroup:
      line_ = 0;
      if (next_step_ == Step::kLines) {
        ++group_;
        labels_due_ = true;
      }
      break;
    case Step::kLines:
      if (next_request_) ++line_;
      break;
    case Step::kEnd:
      break;
  }
  step_ = next_step_;
  request.value = next_request_;
}

void WeavingRequester::save(State& state) const {
  state.push_back(word(epoch_) << 8 | word(group_ % 2) << 7 | word(labels_due_) << 6 |
                  word(request.value) << 5 | static_cast<std::uint64_t>(step_));
  state.push_back(word(line_));
}

void WeavingDispatch::commit() {
  line.value = taken_ && line_ >= 0;
  if (!taken_) return;
  if (++line_ < shape_.lines()) return;
  group_ = group_ + 1 == shape_.groups ? 0 : group_ + 1;
  line_ = group_ % 2 == 0 ? -1 : 0;
}

void WeavingDispatch::save(State& state) const {
  state.push_back(word(line_) << 2 | word(group_ % 2) << 1 | word(line.value));
}

void DotControl::evaluate() {
  next_step_ = step_;
  // Registered in the RTL: looks at the group count of the edge before.
  next_more_ = group_ != shape_.groups;
  compared_ = model_->given() != used_;
  switch (step_) {
    case Step::kWait:
      if (wait_ == 0) next_step_ = Step::kEpoch;
      break;
    case Step::kEpoch:
      next_step_ = epoch_ == shape_.epochs ? Step::kEnd : Step::kEpochSample;
      break;
    case Step::kEpochSample:
      next_step_ = Step::kGroup;
      break;
    case Step::kGroup:
      next_step_ = more_ ? Step::kCheck : Step::kEpoch;
      break;
    case Step::kCheck:
      if (credit_) next_step_ = Step::kCompute;
      break;
    case Step::kCompute: {
      // The entry that is being read now must not be counted again.
      const bool safe = input_->level() > (read.value ? 1 : 0);
      read_next_ = safe;
      if (safe && line_ == shape_.lines() - 1) next_step_ = Step::kGroup;
      return;
    }
    case Step::kEnd:
      break;
  }
  read_next_ = false;
}

void DotControl::commit() {
  switch (step_) {
    case Step::kWait:
      --wait_;
      break;
    case Step::kEpoch:
      if (next_step_ != Step::kEnd) {
        ++epoch_;
        group_ = 0;
      }
      break;
    case Step::kGroup:
      line_ = 0;
      if (next_step_ == Step::kCheck) ++group_;
      break;
    case Step::kCheck:
      if (next_step_ == Step::kCompute) {
        ++used_;
        ++groups_started_;
      }
      break;
    case Step::kCompute:
      if (read_next_) ++line_;
      break;
    default:
      break;
  }
  step_ = next_step_;
  more_ = next_more_;
  read.value = read_next_;
  credit_ = delay_[2];
  delay_ = {compared_, delay_[0], delay_[1]};
}

void DotControl::save(State& state) const {
  state.push_back(word(epoch_) << 16 | word(more_) << 15 | word(read.value) << 14 | word(credit_) << 13 |
                  word(delay_[0]) << 12 | word(delay_[1]) << 11 | word(delay_[2]) << 10 |
                  static_cast<std::uint64_t>(step_));
  state.push_back(word(line_));
  model_->save_credits(state, used_);
}

void GradientControl::evaluate() {
  next_read_ = false;
  next_chunks_left_ = chunks_left_;
  next_bit_ = bit_;
  if (loss_->value) {
    next_read_ = chunks_left_ > 0;
    next_chunks_left_ = shape_.chunks;
    if (next_read_) next_bit_ = 0;
  } else if (chunks_left_ > 0) {
    next_read_ = true;
    next_bit_ = bit_ + 1;
    if (next_bit_ == shape_.bits) {
      next_bit_ = 0;
      next_chunks_left_ = chunks_left_ - 1;
    }
  }
}

void GradientControl::commit() {
  chunks_left_ = next_chunks_left_;
  bit_ = next_bit_;
  read.value = next_read_;
}

void GradientControl::save(State& state) const {
  state.push_back(word(chunks_left_) << 8 | word(bit_) << 1 | word(read.value));
}

void ModelControl::evaluate() {
  next_step_ = step_;
  next_group_ = group_;
  next_batch_ = batch_;
  next_chunks_ = chunks_;
  next_total_ = total_;
  next_write_back_ = step_ == Step::kWriteBack;
  next_more_ = group_ != shape_.groups;
  next_first_chunk_ = chunks_ == 0 && chunk_->value && more_;
  const auto batch_credit = static_cast<std::uint8_t>(shape_.batch_groups);
  switch (step_) {
    case Step::kWait:
      if (wait_ == 0) next_step_ = Step::kEpoch;
      break;
    case Step::kEpoch:
      next_chunks_ = next_group_ = next_batch_ = 0;
      next_step_ = epoch_ == shape_.epochs ? Step::kEnd : Step::kCheck;
      if (epoch_ == 0) next_total_ = static_cast<std::uint8_t>(total_ + batch_credit);
      break;
    case Step::kCheck:
      if (chunk_->value) throw std::logic_error("an updated chunk came while its group was being looked up");
      next_chunks_ = 0;
      next_group_ = group_ + 1;
      next_batch_ = batch_ + 1;
      if (group_ == shape_.groups) {
        next_step_ = Step::kWriteBack;
      } else if (batch_ == shape_.batch_groups - 1) {
        next_batch_ = 0;
        next_step_ = Step::kUpdate;
      } else {
        next_step_ = Step::kPass;
      }
      break;
    case Step::kPass:
    case Step::kUpdate: {
      next_chunks_ = chunks_ + (chunk_->value ? 1 : 0);
      const bool all = chunks_ == shape_.chunks;
      if (all) next_step_ = Step::kCheck;
      if (all && step_ == Step::kPass) next_chunks_ = 0;
      const bool credit = step_ == Step::kUpdate && (chaining_ ? first_chunk_ : all && more_);
      if (credit) next_total_ = static_cast<std::uint8_t>(total_ + batch_credit);
      break;
    }
    case Step::kWriteBack:
      if (written_back_->value) {
        next_total_ = static_cast<std::uint8_t>(total_ + batch_credit);
        next_step_ = Step::kEpoch;
      }
      break;
    case Step::kEnd:
      break;
  }
}

void ModelControl::commit() {
  if (step_ == Step::kWait) --wait_;
  if (step_ == Step::kEpoch && next_step_ == Step::kCheck) ++epoch_;
  if ((step_ == Step::kPass || step_ == Step::kUpdate) && next_step_ == Step::kCheck) ++groups_updated_;
  for (std::size_t i = given_.size() - 1; i > 0; --i) given_[i] = given_[i - 1];
  given_[0] = total_;
  total_ = next_total_;
  step_ = next_step_;
  group_ = next_group_;
  batch_ = next_batch_;
  chunks_ = next_chunks_;
  more_ = next_more_;
  first_chunk_ = next_first_chunk_;
  write_back.value = next_write_back_;
}

void ModelControl::save(State& state) const {
  state.push_back(word(epoch_) << 16 | word(more_) << 15 | word(first_chunk_) << 14 |
                  word(write_back.value) << 13 | static_cast<std::uint64_t>(step_));
  state.push_back(word(batch_) << 32 | word(chunks_));
}

void ModelControl::save_credits(State& state, std::uint8_t used) const {
  std::uint64_t packed = static_cast<std::uint8_t>(total_ - used);
  for (const std::uint8_t credits : given_) packed = packed << 8 | static_cast<std::uint8_t>(credits - used);
  state.push_back(packed);
}

void WeavingWriter::evaluate() {
  const bool rising = asked_[0] && !asked_[1];
  const bool send_first = holds_;
  next_read_ = (!busy_ && rising) || (busy_ && send_first);
  next_busy_ = busy_ || rising;
  next_done_ = false;
  next_chunk_ = busy_ ? chunk_ : 0;
  if (busy_ && read_) {
    next_chunk_ = chunk_ + 1;
    if (chunk_ == shape_.chunks - 1) {
      next_done_ = true;
      next_busy_ = false;
    }
  }
  next_holds_ = reading_[1] || (holds_ && !send_first);
  const bool send = send_first || (asked_[3] && beat_ != 0);
  next_before_write_ = send;
  next_beat_ = send ? (beat_ + 1) % 4 : beat_;
  asked_next_ = ask_->value;
}

void WeavingWriter::commit() {
  write.value = before_write_;
  before_write_ = next_before_write_;
  reading_ = {read_, reading_[0]};
  asked_ = {asked_next_, asked_[0], asked_[1], asked_[2]};
  read_ = next_read_;
  busy_ = next_busy_;
  chunk_ = next_chunk_;
  holds_ = next_holds_;
  beat_ = next_beat_;
  done.value = next_done_;
}

void WeavingWriter::save(State& state) const {
  std::uint64_t bits = 0;
  for (const bool bit : {busy_, read_, holds_, before_write_, reading_[0], reading_[1], asked_[0], asked_[1],
                         asked_[2], asked_[3], done.value, write.value}) {
    bits = bits << 1 | static_cast<std::uint64_t>(bit);
  }
  state.push_back(bits << 2 | static_cast<std::uint64_t>(beat_));
  state.push_back(word(chunk_));
}

}  // namespace zipml::fpga
