#include "experiments/report/html_writer.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <stdexcept>

namespace zipml {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u;
}

// Bytes of the UTF-8 character at the front; 0 if there is none.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return 1;
  if (byte(0) >= 0xC2 && byte(0) < 0xE0) return continues(text, 1) ? 2 : 0;
  if (byte(0) >= 0xE0 && byte(0) < 0xF0) {
    if (!continues(text, 1) || !continues(text, 2)) return 0;
    const bool overlong = byte(0) == 0xE0 && byte(1) < 0xA0, surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (byte(0) >= 0xF0 && byte(0) < 0xF5) {
    if (!continues(text, 1) || !continues(text, 2) || !continues(text, 3)) return 0;
    const bool overlong = byte(0) == 0xF0 && byte(1) < 0x90, beyond = byte(0) == 0xF4 && byte(1) >= 0x90;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

// Elements that white space beside them would move apart.
bool is_inline(std::string_view tag) {
  constexpr std::string_view kInline[] = {"a", "b", "button", "code", "i", "span"};
  return std::find(std::begin(kInline), std::end(kInline), tag) != std::end(kInline);
}

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const char c = text[0];
    const bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
    if (size == 0 || control) {
      escaped += kReplacement;
    } else if (!entity(c).empty()) {
      escaped += entity(c);
    } else {
      escaped += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return escaped;
}

std::string base64(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t word = 0;
    for (std::size_t j = 0; j < 3; ++j)
      word = word << 8 | (i + j < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j)
      text += i + j > bytes.size() ? '=' : kDigits[word >> (18 - 6 * j) & 63u];
  }
  return text;
}

HtmlWriter& HtmlWriter::open(std::string_view tag, const Attributes& attributes) {
  empty(tag, attributes);
  open_.emplace_back(tag);
  return *this;
}

HtmlWriter& HtmlWriter::close() {
  if (open_.empty()) throw std::logic_error("HTML: no element is open");
  html_.append("</").append(open_.back()).append(is_inline(open_.back()) ? ">" : ">\n");
  open_.pop_back();
  return *this;
}

HtmlWriter& HtmlWriter::text(std::string_view text) {
  html_ += escape_html(text);
  return *this;
}

HtmlWriter& HtmlWriter::element(std::string_view tag, std::string_view content,
                                const Attributes& attributes) {
  return open(tag, attributes).text(content).close();
}

HtmlWriter& HtmlWriter::empty(std::string_view tag, const Attributes& attributes) {
  html_.append("<").append(tag);
  for (const auto& [name, value] : attributes)
    html_.append(" ").append(name).append("=\"").append(escape_html(value)).append("\"");
  html_ += ">";
  return *this;
}

HtmlWriter& HtmlWriter::raw(std::string_view markup) {
  html_ += markup;
  return *this;
}

const std::string& HtmlWriter::html() const {
  if (!open_.empty()) throw std::logic_error("HTML: <" + open_.back() + "> is not closed");
  return html_;
}

}  // namespace zipml
