#include "runtime/plugin/version.h"

#include <algorithm>
#include <array>
#include <memory>

#include "runtime/base/text.h"

namespace sluice::plugin {
namespace {

constexpr size_t kVersionMax = 256;  // longer ones are compared as far as this

// A number, a word or a list of items: what Maven makes of a version.
struct Item {
  enum Kind { kNumber, kWord, kList } kind;
  std::string text;         // digits without leading zeros, or a word
  std::vector<Item> items;  // of a list

  bool IsNull() const {
    switch (kind) {
      case kNumber:
        return text == "0";
      case kWord:
        return text.empty();
      case kList:
        return items.empty();
    }
    return false;
  }
};

// A word's rank as text: known qualifiers by their order, others behind them by name.
std::string Rank(std::string_view word) {
  static constexpr std::array<std::string_view, 7> kOrder = {"alpha",    "beta", "milestone", "rc",
                                                             "snapshot", "",     "sp"};
  for (size_t i = 0; i < kOrder.size(); ++i) {
    if (word == kOrder[i]) return std::to_string(i);
  }
  return StrCat(kOrder.size(), "-", word);
}

int Sign(int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

int Compare(const Item* a, const Item* b);

// Against nothing: 1 equals 1.0, and lies behind 1-rc and before 1-sp.
int CompareToNothing(const Item& item) {
  switch (item.kind) {
    case Item::kNumber:
      return item.text == "0" ? 0 : 1;
    case Item::kWord:
      return Sign(Rank(item.text).compare(Rank("")));
    case Item::kList:
      for (const Item& inner : item.items) {
        if (const int order = CompareToNothing(inner); order != 0) return order;
      }
      return 0;
  }
  return 0;
}

int CompareLists(const Item& a, const Item& b) {
  for (size_t i = 0; i < std::max(a.items.size(), b.items.size()); ++i) {
    const int order = Compare(i < a.items.size() ? &a.items[i] : nullptr,
                              i < b.items.size() ? &b.items[i] : nullptr);
    if (order != 0) return order;
  }
  return 0;
}

int Compare(const Item* a, const Item* b) {
  if (a == nullptr) return b == nullptr ? 0 : -CompareToNothing(*b);
  if (b == nullptr) return CompareToNothing(*a);
  if (a->kind != b->kind) {  // a number lies behind a list, a list behind a word
    const auto weight = [](const Item& item) {
      return item.kind == Item::kNumber ? 2 : item.kind == Item::kList ? 1 : 0;
    };
    return weight(*a) < weight(*b) ? -1 : 1;
  }
  if (a->kind == Item::kList) return CompareLists(*a, *b);
  if (a->kind == Item::kWord) return Sign(Rank(a->text).compare(Rank(b->text)));
  if (a->text.size() != b->text.size()) return a->text.size() < b->text.size() ? -1 : 1;
  return Sign(a->text.compare(b->text));
}

Item Number(std::string_view digits) {
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return {Item::kNumber, std::string(digits), {}};
}

Item Word(std::string_view word, bool digit_follows) {
  if (digit_follows && word.size() == 1) {
    if (word == "a") word = "alpha";
    if (word == "b") word = "beta";
    if (word == "m") word = "milestone";
  }
  if (word == "ga" || word == "final" || word == "release") word = "";
  if (word == "cr") word = "rc";
  return {Item::kWord, std::string(word), {}};
}

void Normalize(std::vector<Item>& items) {
  for (size_t i = items.size(); i-- > 0;) {
    if (items[i].kind == Item::kList) Normalize(items[i].items);
    if (items[i].IsNull()) {
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(i));
    } else if (items[i].kind != Item::kList) {
      break;
    }
  }
}

// Reads a version into nested lists: a dash, and a change between digits and letters, opens one.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(ToLower(text.substr(0, kVersionMax))) {}

  Item Read() {
    Item root{Item::kList, "", {}};
    open_ = {&root};
    for (at_ = 0; at_ < text_.size(); ++at_) Take(text_[at_]);
    if (start_ < text_.size()) {
      if (!digits_ && !Top().empty()) Open();
      AddPiece(text_.size(), false);
    }
    Normalize(root.items);
    return root;
  }

 private:
  std::vector<Item>& Top() { return open_.back()->items; }
  // The new list is the last item of the one that was open, which gets no more items: its address
  // stays.
  void Open() {
    Top().push_back({Item::kList, "", {}});
    open_.push_back(&Top().back());
  }
  void AddPiece(size_t end, bool digit_follows) {
    const std::string_view piece = std::string_view(text_).substr(start_, end - start_);
    if (piece.empty()) {
      Top().push_back(Number("0"));
    } else {
      Top().push_back(digits_ ? Number(piece) : Word(piece, digit_follows));
    }
    start_ = end;
  }
  void Take(char c) {
    if (c == '.' || c == '-') {
      AddPiece(at_, false);
      start_ = at_ + 1;
      if (c == '-') Open();
      return;
    }
    const bool digit = c >= '0' && c <= '9';
    if (digit != digits_ && at_ > start_) {
      AddPiece(at_, digit);
      Open();
    }
    digits_ = digit;
  }

  const std::string text_;
  std::vector<Item*> open_;
  size_t at_ = 0, start_ = 0;
  bool digits_ = false;
};

// In Maven's words, which the peer shows.
Status BadRange(std::string_view why, std::string_view text) {
  return ConfigError(StrCat(why, ": ", text));
}

}  // namespace

int CompareVersions(std::string_view a, std::string_view b) {
  if (a == "undefined" || b == "undefined") return (a != "undefined") - (b != "undefined");
  const Item left = Reader(a).Read();
  const Item right = Reader(b).Read();
  return Compare(&left, &right);
}

StatusOr<VersionRange::Piece> VersionRange::ParsePiece(std::string_view text) {
  Piece piece;
  piece.low_inclusive = text.front() == '[';
  piece.high_inclusive = text.back() == ']';
  const std::string_view inner = Trim(text.substr(1, text.size() - 2));
  const size_t comma = inner.find(',');
  const bool closed = piece.low_inclusive && piece.high_inclusive;
  if (comma == std::string_view::npos) {
    if (!closed) return BadRange("Single version must be surrounded by []", text);
    piece.low = piece.high = std::string(inner);
    return piece;
  }
  const std::string_view low = Trim(inner.substr(0, comma));
  const std::string_view high = Trim(inner.substr(comma + 1));
  if (!low.empty()) piece.low = std::string(low);
  if (!high.empty()) piece.high = std::string(high);
  if (piece.low && piece.high) {
    const int order = CompareVersions(low, high);
    if (order > 0 || (order == 0 && !closed)) {
      return BadRange("Range defies version ordering", text);
    }
  }
  return piece;
}

StatusOr<VersionRange> VersionRange::Parse(std::string_view text) {
  VersionRange range;
  std::string bare;
  std::string_view rest = Trim(text);
  if (rest.empty() || rest == "latest") return range;
  if (rest.front() != '[' && rest.front() != '(') rest = bare = StrCat("[", rest, "]");
  while (rest.starts_with('[') || rest.starts_with('(')) {
    const size_t end = rest.find_first_of(")]");
    if (end == std::string_view::npos) return BadRange("Unbounded range", text);
    SLUICE_ASSIGN_OR_RETURN(Piece piece, ParsePiece(rest.substr(0, end + 1)));
    if (!range.pieces_.empty() && range.pieces_.back().high) {
      const std::string& before = *range.pieces_.back().high;
      if (!piece.low || CompareVersions(*piece.low, before) < 0) {
        return BadRange("Ranges overlap", text);
      }
    }
    StrAppend(range.text_, range.text_.empty() ? "" : ",", piece.low_inclusive ? "[" : "(",
              piece.low.value_or(""), ",", piece.high.value_or(""),
              piece.high_inclusive ? "]" : ")");
    range.pieces_.push_back(std::move(piece));
    rest = Trim(rest.substr(end + 1));
    if (rest.starts_with(',')) rest = Trim(rest.substr(1));
  }
  if (!rest.empty()) {
    return BadRange("Only fully-qualified sets allowed in multiple set scenario", text);
  }
  return range;
}

bool VersionRange::Contains(std::string_view version) const {
  if (pieces_.empty()) return true;
  return std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& piece) {
    if (piece.low) {
      const int order = CompareVersions(version, *piece.low);
      if (order < 0 || (order == 0 && !piece.low_inclusive)) return false;
    }
    if (piece.high) {
      const int order = CompareVersions(version, *piece.high);
      if (order > 0 || (order == 0 && !piece.high_inclusive)) return false;
    }
    return true;
  });
}

}  // namespace sluice::plugin
