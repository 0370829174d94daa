#include "runtime/metrics/registry.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "runtime/base/mutex.h"
#include "runtime/base/text.h"

namespace sluice::metrics {

struct Registry::Group {
  Families families;  // empty: a loose one
  std::string labels;
  std::string_view help;
  std::function<void(Reading&)> read;
  std::function<void(LooseReading&)> read_loose;
};

struct Registry::State {
  using Groups = std::vector<std::shared_ptr<const Group>>;
  Mutex mutex;
  // By the families that they share, in the order in which these were first seen.
  std::vector<std::pair<const Family*, Groups>> kinds ABSL_GUARDED_BY(mutex);
};

namespace {

void AppendNumber(std::string& out, double value) {
  char text[40];
  if (std::isnan(value)) {
    out.append("NaN");
  } else if (std::isinf(value)) {
    out.append(value > 0 ? "+Inf" : "-Inf");
  } else if (std::abs(value) < 1e15 && value == std::trunc(value)) {
    out.append(text, std::to_chars(text, text + sizeof text, static_cast<int64_t>(value)).ptr);
  } else {
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
  }
}

void AppendHead(std::string& out, std::string_view name, Type type, std::string_view help) {
  StrAppend(out, "# HELP ", name, " ", help, "\n# TYPE ", name, " ", TypeName(type), "\n");
}

// name{labels} value
void AppendLine(std::string& out, std::string_view name, std::string_view suffix,
                std::initializer_list<std::string_view> labels, double value) {
  StrAppend(out, name, suffix);
  char open = '{';
  for (const std::string_view label : labels) {
    if (label.empty()) continue;
    if (open != 0) out.push_back(std::exchange(open, 0));
    out.append(label);
  }
  if (open == 0) out.back() = '}';  // was the last comma
  out.push_back(' ');
  AppendNumber(out, value);
  out.push_back('\n');
}

// Every series of the groups of one kind, as a table: a row a series, a column a family.
class TableReading : public Reading {
 public:
  explicit TableReading(Families families) : families_(families) {}

  void Begin(std::string_view labels) {
    End();
    group_labels_ = labels;
  }
  // Missing values are absent ones.
  void End() { cells_.resize(rows_.size() * families_.size()); }

  Reading& Series(std::string_view more_labels) override {
    End();
    rows_.push_back({group_labels_, std::string(more_labels)});
    return *this;
  }
  Reading& Number(double value) override { return Add({Kind::kNumber, value, 0}); }
  Reading& Text(std::string_view value) override {
    if (value.empty()) return Absent();
    texts_.push_back(Label("", value));
    return Add({Kind::kText, 1, texts_.size() - 1});
  }
  Reading& Distribution(const Histogram& value) override {
    histograms_.push_back(value);
    return Add({Kind::kHistogram, 0, histograms_.size() - 1});
  }
  Reading& Absent() override { return Add({}); }

  void Write(std::string& out) {
    End();
    for (size_t column = 0; column < families_.size(); ++column) {
      const Family& family = families_[column];
      bool head = false;
      for (size_t row = 0; row < rows_.size(); ++row) {
        const Cell& cell = cells_[row * families_.size() + column];
        if (cell.kind == Kind::kAbsent) continue;
        if (!std::exchange(head, true)) AppendHead(out, family.name, family.type, family.help);
        WriteCell(out, family, rows_[row], cell);
      }
    }
  }

 private:
  enum class Kind { kAbsent, kNumber, kText, kHistogram };
  struct Cell {
    Kind kind = Kind::kAbsent;
    double number = 0;
    size_t index = 0;
  };
  struct Row {
    std::string_view labels;
    std::string more_labels;
  };

  Reading& Add(Cell cell) {
    if (cells_.size() == rows_.size() * families_.size()) Series({});
    cells_.push_back(cell);
    return *this;
  }

  void WriteCell(std::string& out, const Family& family, const Row& row, const Cell& cell) {
    switch (cell.kind) {
      case Kind::kText:
        scratch_.assign(family.text_label).append(texts_[cell.index]);
        return AppendLine(out, family.name, {}, {row.labels, row.more_labels, scratch_}, 1);
      case Kind::kHistogram:
        return WriteHistogram(out, family.name, row, histograms_[cell.index]);
      default:
        return AppendLine(out, family.name, {}, {row.labels, row.more_labels}, cell.number);
    }
  }

  void WriteHistogram(std::string& out, std::string_view name, const Row& row,
                      const Histogram& histogram) {
    uint64_t below = 0;
    for (size_t i = 0; i < histogram.counts.size(); ++i) {
      below += histogram.counts[i];
      scratch_.assign("le=\"");
      if (i < Histogram::kBoundsMs.size()) {
        AppendNumber(scratch_, static_cast<double>(Histogram::kBoundsMs[i]) / 1000);
      } else {
        scratch_.append("+Inf");
      }
      scratch_.append("\",");
      AppendLine(out, name, "_bucket", {row.labels, row.more_labels, scratch_},
                 static_cast<double>(below));
    }
    AppendLine(out, name, "_sum", {row.labels, row.more_labels}, histogram.sum_ms / 1000);
    AppendLine(out, name, "_count", {row.labels, row.more_labels},
               static_cast<double>(histogram.count));
  }

  const Families families_;
  std::string_view group_labels_;
  std::vector<Row> rows_;
  std::vector<Cell> cells_;
  std::vector<std::string> texts_;  // ="...",
  std::vector<Histogram> histograms_;
  std::string scratch_;
};

// Families come together by their names. Of two with one name and different types the first one
// stays: a name can have one type only.
class FamilyReading : public LooseReading {
 public:
  void Begin(std::string_view labels, std::string_view help) {
    group_labels_ = labels;
    help_ = help;
  }
  void Value(const std::string& name, Type type, std::string_view labels, double value) override {
    if (Loose* family = Find(name, type)) {
      AppendLine(family->lines, name, {}, {group_labels_, labels}, value);
    }
  }
  void Observed(const std::string& name, std::string_view labels, double sum,
                uint64_t count) override {
    if (Loose* family = Find(name, Type::kSummary)) {
      AppendLine(family->lines, name, "_sum", {group_labels_, labels}, sum);
      AppendLine(family->lines, name, "_count", {group_labels_, labels},
                 static_cast<double>(count));
    }
  }
  void Write(std::string& out) const {
    for (const auto& [name, family] : families_) {
      AppendHead(out, name, family.type, family.help);
      out.append(family.lines);
    }
  }

 private:
  struct Loose {
    Type type;
    std::string_view help;
    std::string lines;
  };
  Loose* Find(const std::string& name, Type type) {
    Loose& family = families_.try_emplace(name, Loose{type, help_, {}}).first->second;
    return family.type == type ? &family : nullptr;
  }

  std::string_view group_labels_, help_;
  std::map<std::string, Loose> families_;
};

}  // namespace

Registry::Registry() : state_(std::make_shared<State>()) {}
Registry::~Registry() = default;

Registry::Registration& Registry::Registration::operator=(Registration&& other) noexcept {
  if (this != &other) {
    Remove();
    state_ = std::move(other.state_);
    group_ = std::move(other.group_);
  }
  return *this;
}

void Registry::Registration::Remove() {
  const std::shared_ptr<const Group> group = std::exchange(group_, nullptr);
  const std::shared_ptr<State> state = state_.lock();
  if (group == nullptr || state == nullptr) return;
  MutexLock lock(state->mutex);
  for (auto& [families, groups] : state->kinds) {
    if (families == group->families.data()) std::erase(groups, group);
  }
}

namespace {
template <typename Kinds, typename Group>
void AddTo(Kinds& kinds, const Family* families, Group group) {
  for (auto& [known, groups] : kinds) {
    if (known == families) return groups.push_back(std::move(group));
  }
  kinds.push_back({families, {std::move(group)}});
}
}  // namespace

Registry::Registration Registry::Add(Families families, std::string labels,
                                     std::function<void(Reading&)> read) {
  auto group = std::make_shared<const Group>(
      Group{families, std::move(labels), {}, std::move(read), nullptr});
  MutexLock lock(state_->mutex);
  AddTo(state_->kinds, families.data(), group);
  return Registration(state_, std::move(group));
}

Registry::Registration Registry::AddLoose(std::string labels, std::string_view help,
                                          std::function<void(LooseReading&)> read) {
  auto group =
      std::make_shared<const Group>(Group{{}, std::move(labels), help, nullptr, std::move(read)});
  MutexLock lock(state_->mutex);
  AddTo(state_->kinds, nullptr, group);
  return Registration(state_, std::move(group));
}

std::string Registry::Text() const {
  std::vector<State::Groups> kinds;
  {
    MutexLock lock(state_->mutex);
    for (const auto& [families, groups] : state_->kinds) {
      if (!groups.empty()) kinds.push_back(groups);
    }
  }
  std::string out;
  FamilyReading loose;
  for (const State::Groups& groups : kinds) {
    if (groups.front()->families.empty()) {
      for (const auto& group : groups) {
        loose.Begin(group->labels, group->help);
        group->read_loose(loose);
      }
      continue;
    }
    TableReading table(groups.front()->families);
    for (const auto& group : groups) {
      table.Begin(group->labels);
      group->read(table);
    }
    table.Write(out);
  }
  loose.Write(out);
  return out;
}

}  // namespace sluice::metrics
