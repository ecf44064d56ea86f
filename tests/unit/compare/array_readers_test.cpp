#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/data/npy_reader.h"
#include "engine/data/raw_reader.h"
#include "tests/unit/compare/number_bytes.h"
#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

namespace {

constexpr const char* kTwoByThree = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
const std::vector<float> kSix = {1, 2, 3, 4, 5, 6};

}  // namespace

TEST_CASE("npy files of both orders, types and ranks are read", "[data][npy]") {
  const DataFolder folder;
  const auto read = [&](const std::string& bytes, std::size_t rows = 0) {
    return read_npy(folder.write("a.npy", bytes), rows);
  };
  const NumberArray plain = read(npy_bytes(kTwoByThree, float_bytes(kSix)));
  CHECK(plain.rows == 2);
  CHECK(plain.cols == 3);
  CHECK(plain.values == kSix);

  const std::string fortran = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }";
  const NumberArray columns = read(npy_bytes(fortran, double_bytes({1, 4, 2, 5, 3, 6})));
  CHECK(columns.values == kSix);
  CHECK(read(npy_bytes(fortran, double_bytes({1, 4, 2, 5, 3, 6})), 1).values == std::vector<float>{1, 2, 3});
  CHECK(read(npy_bytes(kTwoByThree, float_bytes(kSix)), 1).values == std::vector<float>{1, 2, 3});

  const NumberArray vector =
      read(npy_bytes("{\"shape\":(6,),\"descr\":\"<f4\",\"fortran_order\":True}", float_bytes(kSix), 2));
  CHECK(vector.rows == 6);
  CHECK(vector.cols == 1);
  CHECK(vector.values == kSix);
  CHECK(read(gzipped(npy_bytes(kTwoByThree, float_bytes(kSix)))).values == kSix);
  CHECK(read(npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "")).rows == 0);
}

TEST_CASE("numbers that are not finite pass, doubles beyond float32 become infinite", "[data][npy]") {
  const DataFolder folder;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto path = folder.write("a.f64", double_bytes({nan, 1e300, -1e300, 0.5}));
  const NumberArray array = read_raw(path, RawType::float64);
  REQUIRE(array.values.size() == 4);
  CHECK(std::isnan(array.values[0]));
  CHECK(array.values[1] == std::numeric_limits<float>::infinity());
  CHECK(array.values[2] == -std::numeric_limits<float>::infinity());
  CHECK(array.values[3] == 0.5f);
  CHECK(read_raw(folder.write("a.f32", float_bytes(kSix)), RawType::float32, 4).values ==
        std::vector<float>{1, 2, 3, 4});
}

TEST_CASE("what is no npy file is refused with its reason", "[data][npy]") {
  const DataFolder folder;
  const auto path = folder.path() / "a.npy";
  const auto error = [&](const std::string& bytes) {
    folder.write("a.npy", bytes);
    const std::string message = error_of([&] { read_npy(path); });
    REQUIRE(message.rfind(path.string() + ": ", 0) == 0);
    return message.substr(path.string().size() + 2);
  };
  const std::string six = float_bytes(kSix);
  const auto header_error = [&](const std::string& header) { return error(npy_bytes(header, six)); };
  CHECK(error("1,2,3\n4,5,6\n") == "is not a .npy file (it must begin with the byte 0x93 and NUMPY)");
  CHECK(error("\x93NUMPY\x09") == "is not a .npy file (it must begin with the byte 0x93 and NUMPY)");
  CHECK(error(npy_bytes(kTwoByThree, six.substr(1))) == "ends before what its header announces (truncated)");
  CHECK(error(npy_bytes(kTwoByThree, six + "x")) == "has bytes after the end that its header announces");
  CHECK(error(npy_bytes(kTwoByThree, "").substr(0, 20)) == "ends within its .npy header (truncated)");
  CHECK(header_error("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }") ==
        "the .npy header has elements of type '>f4'; allowed: '<f4' and '<f8' (little-endian float32 and "
        "float64)");
  CHECK(header_error("{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3), }") ==
        "the .npy header has a 'fortran_order' that is neither True nor False");
  CHECK(header_error("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }") ==
        "the .npy header has 3 dimensions; allowed: 1 or 2");
  CHECK(header_error("{'descr': '<f4', 'fortran_order': False, 'shape': (-6,), }") ==
        "the .npy header has a 'shape' that is no tuple of sizes");
  CHECK(header_error("{'descr': '<f4', 'fortran_order': False}") ==
        "the .npy header needs the keys 'descr', 'fortran_order' and 'shape'");
  CHECK(header_error("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}") ==
        "the .npy header has the key 'descr' twice or should not have it");
  CHECK(header_error("{'descr': '<f4', 'fortran_order': False, 'shape': (6,)}}") ==
        "the .npy header has something after its dictionary");
  CHECK(header_error("{'descr': '<f4', 'fortran_order': False, 'shape': (6, 0)}") ==
        "has 0 columns; allowed: 1 to 1048576");
  CHECK(header_error("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999, 1)}") ==
        "announces more elements than can be read");
  CHECK(error_of([&] {
          read_raw(folder.write("b.f64", "123456789"), RawType::float64);
        }).find("ends with 1 bytes that are no whole 64-bit number") != std::string::npos);
}
