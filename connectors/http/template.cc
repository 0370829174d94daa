#include "connectors/http/template.h"

#include <algorithm>
#include <stdexcept>

namespace sluice::http {
namespace {

Template::Variable ReadVariable(std::string_view text) {
  Template::Variable variable;
  variable.text = text;
  std::string_view rest = text;
  // A colon behind a dot belongs to a name: ${header.a:b}.
  const size_t colon = rest.find(':');
  if (colon != std::string_view::npos && colon < rest.find('.')) {
    variable.form = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  const size_t dot = std::min(rest.find('.'), rest.size());
  variable.name = rest.substr(0, dot);
  if (variable.name.empty()) {
    throw std::invalid_argument("'${" + std::string(text) + "}' names nothing");
  }
  if (dot == rest.size()) return variable;
  rest.remove_prefix(dot + 1);
  if (variable.name == "header") {  // whose names may have dots
    variable.path.emplace_back(rest);
    return variable;
  }
  while (true) {
    const size_t end = std::min(rest.find('.'), rest.size());
    if (end == 0) {
      throw std::invalid_argument("'${" + std::string(text) + "}' has an empty name in it");
    }
    variable.path.emplace_back(rest.substr(0, end));
    if (end == rest.size()) return variable;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

Template Template::Parse(std::string_view text) {
  Template made;
  while (!text.empty()) {
    const size_t begin = std::min(text.find("${"), text.size());
    if (begin > 0) made.pieces_.push_back({false, std::string(text.substr(0, begin)), {}});
    if (begin == text.size()) break;
    const size_t end = text.find('}', begin);
    if (end == std::string_view::npos) {
      throw std::invalid_argument("'${' at character " + std::to_string(begin + 1) + " of '" +
                                  std::string(text.substr(begin, 20)) + "' has no '}'");
    }
    made.pieces_.push_back({true, "", ReadVariable(text.substr(begin + 2, end - begin - 2))});
    ++made.variables_;
    text.remove_prefix(end + 1);
  }
  return made;
}

bool Template::Uses(std::string_view name) const {
  return std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& piece) {
    return piece.is_variable && piece.variable.name == name;
  });
}

}  // namespace sluice::http
