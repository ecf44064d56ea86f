#include "experiments/run/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace zipml {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

struct Range {
  std::uint32_t first, last;
};

// The blocks that matter for names; Unicode's tables (EastAsianWidth.txt) have more.
constexpr std::array kCombining = {Range{0x300, 0x36f}, Range{0x200b, 0x200f}, Range{0x20d0, 0x20ff},
                                   Range{0xfe00, 0xfe0f}};
constexpr std::array kWide = {Range{0x1100, 0x115f}, Range{0x2e80, 0xa4cf},   Range{0xac00, 0xd7a3},
                              Range{0xf900, 0xfaff}, Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},
                              Range{0xffe0, 0xffe6}, Range{0x1f300, 0x1faff}, Range{0x20000, 0x3fffd}};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, std::uint32_t code) {
  for (const Range& range : ranges) {
    if (code >= range.first && code <= range.last) return true;
  }
  return false;
}

struct Character {
  std::string text;
  std::size_t width = 1;
};

constexpr std::uint32_t kFirstC1 = 0x80, kLastC1 = 0x9f;

std::vector<Character> characters(std::string_view text) {
  std::vector<Character> found;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t length = 1;
    if (lead >= 0xc2 && lead < 0xe0) length = 2;
    if (lead >= 0xe0 && lead < 0xf0) length = 3;
    if (lead >= 0xf0 && lead < 0xf5) length = 4;
    std::uint32_t code = length == 1 ? lead : lead & (0x7fu >> length);
    bool good = lead < 0x80 || length > 1;
    for (std::size_t k = 1; k < length && good; ++k) {
      const auto next = i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u;
      good = (next & 0xc0u) == 0x80u;
      code = code << 6 | (next & 0x3fu);
    }
    const bool control = code < 0x20 || code == 0x7f || (code >= kFirstC1 && code <= kLastC1);
    if (!good || control) {
      found.push_back({"?", 1});
      i += good ? length : 1;
      continue;
    }
    found.push_back({std::string(text.substr(i, length)), in(kCombining, code) ? 0u
                                                          : in(kWide, code)    ? 2u
                                                                               : 1u});
    i += length;
  }
  return found;
}

}  // namespace

TerminalStyle terminal_style(int descriptor) {
  const std::string_view ci = environment("CI"), term = environment("TERM");
  TerminalStyle style;
  style.live = ::isatty(descriptor) == 1 && !term.empty() && term != "dumb" && (ci.empty() || ci == "false");
  style.color = style.live && environment("NO_COLOR").empty();
  return style;
}

bool in_foreground(int descriptor) {
  const pid_t group = ::tcgetpgrp(descriptor);
  return group < 0 || group == ::getpgrp();
}

TerminalSize terminal_size(int descriptor) {
  struct winsize window = {};
  TerminalSize size;
  if (::ioctl(descriptor, TIOCGWINSZ, &window) != 0) return size;
  if (window.ws_col > 0) size.columns = window.ws_col;
  if (window.ws_row > 0) size.rows = window.ws_row;
  return size;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (const Character& character : characters(text)) width += character.width;
  return width;
}

std::string fit(std::string_view text, std::size_t columns) {
  constexpr std::string_view kGap = "...";
  const std::vector<Character> all = characters(text);
  std::size_t width = 0;
  for (const Character& character : all) width += character.width;
  std::string left, right;
  if (width <= columns) {
    for (const Character& character : all) left += character.text;
    return left;
  }
  const bool gap = columns > 2 * kGap.size();
  const std::size_t room = columns - (gap ? kGap.size() : 0);
  const std::size_t right_room = gap ? room / 2 : 0;
  std::size_t begin = 0, end = all.size(), used = 0;
  for (; begin < end && used + all[begin].width <= room - right_room; ++begin) {
    used += all[begin].width;
    left += all[begin].text;
  }
  used = 0;
  for (; end > begin && used + all[end - 1].width <= right_room; --end) {
    used += all[end - 1].width;
    right.insert(0, all[end - 1].text);
  }
  return left + (gap ? std::string(kGap) : "") + right;
}

}  // namespace zipml
