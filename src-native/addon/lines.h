// Lists on their way from and to JavaScript: as one text, a line for each entry, with blanks
// between its fields. Reading or making an array costs a call of Node-API for every field of it.

#ifndef CONNECT_BY_LIST_ADDON_LINES_H_
#define CONNECT_BY_LIST_ADDON_LINES_H_

#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>

namespace connect_by_list {

// The parts of a text between separators, one after the other. They share the text.
class Parts {
 public:
  Parts(std::string_view text, char separator) : rest_(text), separator_(separator) {}

  // Nothing when there is none left. An empty text has no parts.
  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    const std::size_t end = rest_.find(separator_);
    const std::string_view part = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    return part;
  }

 private:
  std::string_view rest_;
  char separator_;
};

// 0 for what is no number: TypeScript writes none such.
template <typename Number>
Number number_of(std::optional<std::string_view> digits) {
  Number number = 0;
  if (digits) std::from_chars(digits->data(), digits->data() + digits->size(), number);
  return number;
}

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_ADDON_LINES_H_
