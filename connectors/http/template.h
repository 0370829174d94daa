// Text with ${variables} in it, taken apart once. What a variable stands for is asked of whoever
// expands it. Immutable; any thread.
//
//   Template url = Template::Parse("https://h/${topic}/${key}");
//   url.Expand(out, [&](const Template::Variable& v, std::string& out) { ... });
#ifndef SLUICE_CONNECTORS_HTTP_TEMPLATE_H_
#define SLUICE_CONNECTORS_HTTP_TEMPLATE_H_

#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

class Template {
 public:
  struct Variable {
    std::string text;               // as it is written, without ${ and }
    std::string form;               // "json" in ${json:value.id}; else ""
    std::string name;               // the first word: value
    std::vector<std::string> path;  // the others: id
  };

  Template() = default;
  // Throws std::invalid_argument: a ${ without its }, an empty name. A $ before anything else is
  // itself.
  static Template Parse(std::string_view text);

  bool empty() const { return pieces_.empty(); }
  // The text is the same whatever is expanded.
  bool fixed() const { return variables_ == 0; }
  bool Uses(std::string_view name) const;
  // `variable` is called for each and appends what it stands for.
  template <typename Append>
  void Expand(std::string& out, Append&& variable) const {
    for (const Piece& piece : pieces_) {
      if (piece.is_variable) {
        variable(piece.variable, out);
      } else {
        out += piece.literal;
      }
    }
  }
  template <typename Look>
  void EachVariable(Look&& look) const {
    for (const Piece& piece : pieces_) {
      if (piece.is_variable) look(piece.variable);
    }
  }

 private:
  struct Piece {
    bool is_variable = false;
    std::string literal;
    Variable variable;
  };
  std::vector<Piece> pieces_;
  size_t variables_ = 0;
};

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_TEMPLATE_H_
