#include "engine/pack/packed_matrix.h"

#include <algorithm>
#include <stdexcept>

namespace zipml {

PackedMatrix::PackedMatrix(std::size_t rows, std::size_t cols, int bits, int draws, RowLayout layout)
    : rows_(rows), cols_(cols), bits_(bits), draws_(draws) {
  if (draws < 1 || draws > 0xFFFF) throw std::logic_error("a packed matrix has 1 to 65535 draws");
  if (layout == RowLayout::fields) {
    fields_.emplace(rows, cols, field_bits(bits), draws);
    return;
  }
  if (layout == RowLayout::lanes) {
    lanes_.emplace(rows, cols, field_bits(bits), draws);
    return;
  }
  base_ = BitMatrix(rows, cols, bits);
  if (draws > 1) choices_.assign(static_cast<std::size_t>(draws), BitMatrix(rows, cols, 1));
}

double PackedMatrix::bytes_per_row() const {
  if (fields_) return static_cast<double>(fields_->layout().row_bytes());
  if (lanes_) return static_cast<double>(lanes_->layout().row_bytes());
  double sum = base_.bytes_per_row();
  for (const BitMatrix& plane : choices_) sum += plane.bytes_per_row();
  return sum;
}

std::size_t PackedMatrix::bytes() const {
  if (fields_) return fields_->bytes();
  if (lanes_) return lanes_->bytes();
  std::size_t sum = base_.bytes();
  for (const BitMatrix& plane : choices_) sum += plane.bytes();
  return sum;
}

void PackedMatrix::store_base(std::size_t r, const std::uint16_t* codes, PackScratch& scratch) {
  if (fields_) return fields_->store_base(r, codes);
  if (lanes_) return lanes_->store_base(r, codes);
  scratch.bytes.resize(base_.row_bytes() + kPackSlack);
  pack_codes(codes, cols_, base_.bits(), scratch.bytes.data());
  base_.store_row(r, scratch.bytes.data());
}

void PackedMatrix::store_choices(std::size_t r, int draw, const std::uint8_t* bits) {
  if (fields_) return fields_->store_choices(r, draw, bits);
  if (lanes_) return lanes_->store_choices(r, draw, bits);
  choices_.at(static_cast<std::size_t>(draw)).store_row(r, bits);
}

void PackedMatrix::load_base(std::size_t r, std::uint16_t* codes, PackScratch& scratch) const {
  if (fields_) return fields_->load_base(r, codes);
  if (lanes_) return lanes_->load_base(r, codes);
  scratch.bytes.resize(base_.row_bytes() + kPackSlack);
  unpack_codes(base_.load_row(r, scratch.bytes.data()), cols_, base_.bits(), codes);
}

void PackedMatrix::apply_choices(std::size_t r, int draw, const std::uint16_t* base, std::uint16_t* codes,
                                 PackScratch& scratch) const {
  if (fields_ && draws_ > 1) return fields_->apply_choices(r, draw, base, codes);
  if (lanes_ && draws_ > 1) return lanes_->apply_choices(r, draw, base, codes);
  if (choices_.empty()) {
    std::copy(base, base + cols_, codes);
    return;
  }
  const BitMatrix& plane = choices_[static_cast<std::size_t>(draw)];
  scratch.bytes.resize(plane.row_bytes() + kPackSlack);
  add_choices(base, plane.load_row(r, scratch.bytes.data()), cols_, codes);
}

}  // namespace zipml
