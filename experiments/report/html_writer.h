#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zipml {

/// Text for an element or a quoted attribute: & < > " ' are escaped; control characters other than tab and
/// line feed, and bytes that are not UTF-8, become U+FFFD.
std::string escape_html(std::string_view text);

/// RFC 4648, with padding.
std::string base64(std::span<const std::byte> bytes);

/// Writes HTML elements. Texts and attribute values are escaped; names of tags and attributes are the
/// caller's own. Every open() needs its close().
class HtmlWriter {
 public:
  using Attributes = std::vector<std::pair<std::string_view, std::string>>;

  HtmlWriter& open(std::string_view tag, const Attributes& attributes = {});
  HtmlWriter& close();
  HtmlWriter& text(std::string_view text);
  /// open(), text(), close().
  HtmlWriter& element(std::string_view tag, std::string_view text, const Attributes& attributes = {});
  /// An element that has no end tag.
  HtmlWriter& empty(std::string_view tag, const Attributes& attributes = {});
  /// Markup as it is: the program's own only.
  HtmlWriter& raw(std::string_view markup);

  /// What was written. Throws std::logic_error while an element is open.
  const std::string& html() const;

 private:
  std::string html_;
  std::vector<std::string> open_;
};

}  // namespace zipml
