#pragma once

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <span>
#include <vector>

namespace zipml {

/// Asks for huge pages where the system knows them: rows in random order would miss the address cache at
/// every row otherwise. No effect on values.
inline void advise_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__)
  madvise(memory, bytes, MADV_HUGEPAGE);
#endif
}

/// Allocates on 64-byte boundaries: a cache line, and the widest vector register. Large blocks lie on the
/// boundaries of huge pages and ask for them.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::size_t kAlignment = 64;

  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}

  static constexpr std::size_t kHugePage = std::size_t{1} << 21;

  T* allocate(std::size_t n) {
    void* memory = ::operator new(n * sizeof(T), alignment(n));
    if (n * sizeof(T) >= kHugePage) advise_huge_pages(memory, n * sizeof(T) / kHugePage * kHugePage);
    return static_cast<T*>(memory);
  }
  void deallocate(T* p, std::size_t n) { ::operator delete(p, alignment(n)); }
  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }

 private:
  static std::align_val_t alignment(std::size_t n) {
    return std::align_val_t{n * sizeof(T) >= kHugePage ? kHugePage : kAlignment};
  }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

inline constexpr std::size_t kRowAlignment = 16;  ///< floats in 64 bytes

constexpr std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// Row-major float32 matrix, rows x cols. Rows start on 64-byte boundaries; the padding (cols..stride) is
/// zero and must stay zero, so that kernels may run over the stride.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t cols)
      : rows_(rows), cols_(cols), stride_(round_up(cols, kRowAlignment)), values_(rows * stride_, 0.0f) {}

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  std::size_t stride() const { return stride_; }  ///< floats from one row to the next

  /// The cols() values of row r.
  std::span<float> row(std::size_t r) { return {values_.data() + r * stride_, cols_}; }
  std::span<const float> row(std::size_t r) const { return {values_.data() + r * stride_, cols_}; }

  /// Row r with its zero padding: stride() values.
  std::span<const float> padded_row(std::size_t r) const { return {values_.data() + r * stride_, stride_}; }

  float& operator()(std::size_t r, std::size_t c) { return values_[r * stride_ + c]; }
  float operator()(std::size_t r, std::size_t c) const { return values_[r * stride_ + c]; }

 private:
  std::size_t rows_ = 0, cols_ = 0, stride_ = 0;
  AlignedVector<float> values_;
};

}  // namespace zipml
