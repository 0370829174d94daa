#include "runtime/convert/avro/reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/decoder.h"
#include "runtime/convert/avro/read_plan.h"
#include "runtime/convert/avro/skip.h"
#include "runtime/record/calendar.h"
#include "runtime/record/value.h"

namespace sluice::convert::avro {
namespace {

constexpr int kDepthMax = 1000;
// Records may take no bytes either.
constexpr size_t kRecordsMax = 1'000'000;
constexpr uint32_t kSmallMap = 16;
constexpr size_t kScratchMax = 64 * 1024;  // elements that are kept between records
constexpr int kAnythingFields = 9;

}  // namespace

// Memory for work, kept between records: elements of arrays and maps whose number is not known yet.
struct Reader::Scratch {
  std::vector<sluice_value> items;
  std::vector<sluice_map_entry> entries;
  absl::flat_hash_map<std::string_view, uint32_t> places;
};

namespace {

class Run {
 public:
  template <typename Scratch>
  Run(std::string_view bytes, abi::Arena& arena, Scratch& scratch)
      : in_(bytes),
        arena_(arena),
        items_(scratch.items),
        entries_(scratch.entries),
        places_(scratch.places),
        records_left_(kRecordsMax + bytes.size()) {
    Empty(items_);
    Empty(entries_);
  }

  bool Read(const ReadNode& node, sluice_value& value, int depth) {
    switch (node.op) {
      case ReadOp::kNull:
        value = abi::Null();
        return true;
      case ReadOp::kBoolean: {
        bool truth = false;
        if (!in_.Boolean(truth)) return Malformed("a boolean");
        value = abi::Boolean(truth);
        return true;
      }
      case ReadOp::kInt:
      case ReadOp::kLong:
        return ReadInteger(node, value);
      case ReadOp::kFloat: {
        float number = 0;
        if (!in_.Float(number)) return Malformed("a float");
        value = node.kind == SLUICE_FLOAT64 ? abi::Float64(number) : abi::Float32(number);
        return true;
      }
      case ReadOp::kDouble: {
        double number = 0;
        if (!in_.Float(number)) return Malformed("a double");
        value = abi::Float64(number);
        return true;
      }
      case ReadOp::kString:
      case ReadOp::kBytes:
      case ReadOp::kFixed:
      case ReadOp::kDecimal:
        return ReadBytes(node, value);
      case ReadOp::kEnum:
        return ReadEnum(node, value);
      case ReadOp::kArray:
        return ReadArray(node, value, depth + 1);
      case ReadOp::kMap:
      case ReadOp::kEntries:
        return ReadMap(node, value, depth + 1);
      case ReadOp::kRecord:
        return ReadRecord(node, value, depth + 1);
      case ReadOp::kUnion: {
        int64_t branch = 0;
        if (!in_.Int(branch) || branch < 0 ||
            static_cast<uint64_t>(branch) >= node.children.size()) {
          return Malformed("a union's branch");
        }
        return Read(*node.children[static_cast<size_t>(branch)], value, depth);
      }
      case ReadOp::kWrap: {
        auto* fields = arena_.NewArray<sluice_value>(node.connect->field_count);
        std::fill_n(fields, node.connect->field_count, abi::Null());
        if (!Read(*node.children[0], fields[node.field], depth)) return false;
        value = arena_.NewStruct(node.connect, fields);
        return true;
      }
      case ReadOp::kAnything:
        return ReadAnything(value, depth + 1);
      case ReadOp::kFail:
        break;
    }
    return Refuse(node.text);
  }

  Status status() const { return status_; }
  Decoder& in() { return in_; }

 private:
  template <typename Elements>
  static void Empty(Elements& elements) {
    elements.clear();
    if (elements.capacity() > kScratchMax) elements.shrink_to_fit();
  }

  bool Malformed(std::string_view what) {
    status_ = ExceptionError(
        absl::StatusCode::kInvalidArgument, kSerializationException,
        StrCat("The Avro data end, or make no sense, at byte ", in_.used(), ", in ", what));
    return false;
  }
  bool Refuse(std::string_view text) {
    status_ = DataError(StrCat("The Avro data cannot be read: ", text));
    return false;
  }

  bool ReadInteger(const ReadNode& node, sluice_value& value) {
    int64_t number = 0;
    if (!(node.op == ReadOp::kInt ? in_.Int(number) : in_.Long(number))) {
      return Malformed(node.op == ReadOp::kInt ? "an int" : "a long");
    }
    switch (node.kind) {
      case SLUICE_INT8:
        value = abi::Int8(static_cast<int8_t>(number));
        return true;
      case SLUICE_INT16:
        value = abi::Int16(static_cast<int16_t>(number));
        return true;
      case SLUICE_FLOAT32:
        value = abi::Float32(static_cast<float>(number));
        return true;
      case SLUICE_FLOAT64:
        value = abi::Float64(static_cast<double>(number));
        return true;
      default:
        break;
    }
    if (node.time_of_day && (number < 0 || number > record::kMillisPerDay)) {
      status_ = DataError(
          "Time values must use number of milliseconds greater than 0 and less than 86400000");
      return false;
    }
    value = abi::Integer(node.kind, number);
    return true;
  }

  bool ReadBytes(const ReadNode& node, sluice_value& value) {
    std::string_view bytes;
    const bool fixed =
        node.op == ReadOp::kFixed || (node.op == ReadOp::kDecimal && node.kind == SLUICE_ARRAY);
    if (!(fixed ? in_.Raw(node.size, bytes) : in_.Bytes(bytes))) {
      return Malformed(fixed ? "a fixed" : node.op == ReadOp::kString ? "a string" : "bytes");
    }
    return Take(node, bytes, value);
  }

 public:
  bool Take(const ReadNode& node, std::string_view bytes, sluice_value& value) {
    if (node.op == ReadOp::kString) {
      value = abi::String(Utf8(bytes));
    } else if (node.op == ReadOp::kDecimal) {
      if (bytes.empty()) return Refuse("a decimal without bytes");
      value =
          abi::Decimal(arena_.New(sluice_decimal{node.scale, static_cast<uint32_t>(bytes.size()),
                                                 reinterpret_cast<const uint8_t*>(bytes.data())}));
    } else {
      value = abi::Bytes(bytes);
    }
    return true;
  }

 private:
  std::string_view Utf8(std::string_view text) {
    if (FindInvalidUtf8(text) == std::string_view::npos) [[likely]]
      return text;
    return arena_.Copy(ReplaceInvalidUtf8(text));
  }

  bool ReadEnum(const ReadNode& node, sluice_value& value) {
    int64_t index = 0;
    if (!in_.Int(index) || index < 0 || static_cast<uint64_t>(index) >= node.symbols.size()) {
      return Malformed("an enum");
    }
    const std::string& symbol = node.symbols[static_cast<size_t>(index)];
    if (symbol.empty()) return Refuse("the reader's enum lacks a symbol and has no default");
    value = arena_.CopyString(symbol);
    return true;
  }

  bool ReadArray(const ReadNode& node, sluice_value& value, int depth) {
    if (depth > kDepthMax) return Refuse("it is nested too deep");
    const ReadNode& item = *node.children[0];
    const size_t start = items_.size();
    int64_t total = 0;
    while (true) {
      int64_t count = 0, bytes = 0;
      if (!in_.Block(count, bytes) || (count > 0 && !in_.CanHold(count, item.min_bytes, total))) {
        return Malformed("a block of an array");
      }
      if (count == 0) break;
      for (; count > 0; --count) {
        sluice_value one{};
        if (!Read(item, one, depth)) return false;
        items_.push_back(one);
      }
    }
    const size_t size = items_.size() - start;
    auto* list = arena_.NewArray<sluice_value>(size);
    std::copy(items_.begin() + static_cast<ptrdiff_t>(start), items_.end(), list);
    items_.resize(start);
    value = abi::Array(list, size);
    return true;
  }

  bool ReadMap(const ReadNode& node, sluice_value& value, int depth) {
    if (depth > kDepthMax) return Refuse("it is nested too deep");
    const bool text_keys = node.op == ReadOp::kMap;
    const ReadNode& item = *node.children.back();
    const uint64_t min_bytes =
        uint64_t{item.min_bytes} + (text_keys ? 1 : node.children[0]->min_bytes);
    const size_t start = entries_.size();
    int64_t total = 0;
    while (true) {
      int64_t count = 0, bytes = 0;
      if (!in_.Block(count, bytes) || (count > 0 && !in_.CanHold(count, min_bytes, total))) {
        return Malformed("a block of a map");
      }
      if (count == 0) break;
      for (; count > 0; --count) {
        sluice_map_entry entry{};
        if (text_keys) {
          std::string_view key;
          if (!in_.Bytes(key)) return Malformed("a map's key");
          entry.key = abi::String(Utf8(key));
        } else if (!Read(*node.children[0], entry.key, depth)) {
          return false;
        }
        if (!Read(item, entry.value, depth)) return false;
        entries_.push_back(entry);
      }
    }
    value = FinishMap(start, text_keys);
    return true;
  }

  // Of entries with one key the last counts, at the first one's place.
  sluice_value FinishMap(size_t start, bool text_keys) {
    const auto read = static_cast<uint32_t>(entries_.size() - start);
    auto* list = arena_.NewArray<sluice_map_entry>(read);
    uint32_t size = 0;
    const bool hash = text_keys && read > kSmallMap;
    if (hash) places_.clear();
    for (uint32_t i = 0; i < read; ++i) {
      const sluice_map_entry& entry = entries_[start + i];
      uint32_t place = size;
      if (hash) {
        place = places_.emplace(abi::Text(entry.key), size).first->second;
      } else if (read <= kSmallMap) {
        place = 0;
        while (place < size && !SameKey(list[place].key, entry.key, text_keys)) ++place;
      }
      list[place] = entry;
      if (place == size) ++size;
    }
    if (!text_keys && read > kSmallMap) size = DropRepeated(list, size);
    entries_.resize(start);
    return abi::Map(list, size);
  }

  static bool SameKey(const sluice_value& a, const sluice_value& b, bool text_keys) {
    return text_keys ? abi::Text(a) == abi::Text(b) : record::DeepEquals(a, b);
  }

  static uint32_t DropRepeated(sluice_map_entry* list, uint32_t read) {
    absl::flat_hash_map<uint64_t, std::vector<uint32_t>> places;  // by the key's hash
    uint32_t size = 0;
    for (uint32_t i = 0; i < read; ++i) {
      const sluice_map_entry entry = list[i];
      std::vector<uint32_t>& same_hash = places[record::DeepHash(entry.key)];
      uint32_t place = size;
      for (const uint32_t other : same_hash) {
        if (record::DeepEquals(list[other].key, entry.key)) place = other;
      }
      list[place] = entry;
      if (place == size) same_hash.push_back(size++);
    }
    return size;
  }

  bool ReadRecord(const ReadNode& node, sluice_value& value, int depth) {
    if (depth > kDepthMax) return Refuse("it is nested too deep");
    if (records_left_ == 0) return Refuse("it has too many records");
    --records_left_;
    auto* values = arena_.NewArray<sluice_value>(node.connect->field_count);
    const size_t count = node.children.size();
    for (size_t i = 0; i < count; ++i) {
      const int32_t slot = node.slots[i];
      if (slot >= 0) [[likely]] {
        if (!Read(*node.children[i], values[slot], depth)) return false;
      } else if (!Skip(*node.skipped[i], depth)) {
        return false;
      }
    }
    for (const auto& [slot, fallback] : node.defaults) {
      values[slot] = abi::CopyValue(arena_, fallback);
    }
    value = arena_.NewStruct(node.connect, values);
    return true;
  }

  bool Skip(const Schema& schema, int depth) {
    Skipper skipper(in_, records_left_, kDepthMax);
    if (skipper.Skip(schema, depth)) return true;
    return skipper.refused() ? Refuse(skipper.what()) : Malformed(skipper.what());
  }

  // The first of the nine fields that is set; the others must be read all the same.
  bool ReadAnything(sluice_value& value, int depth) {
    if (depth > kDepthMax) return Refuse("it is nested too deep");
    value = abi::Null();
    for (int field = 0; field < kAnythingFields; ++field) {
      int64_t branch = 0;
      if (!in_.Int(branch) || branch < 0 || branch > 1) return Malformed("a union's branch");
      if (branch == 0) continue;
      sluice_value one{};
      if (!ReadAnythingField(field, one, depth)) return false;
      if (abi::IsNull(value)) value = one;
    }
    return true;
  }

  bool ReadAnythingField(int field, sluice_value& value, int depth) {
    static const ReadNode* const kNodes = [] {
      auto* nodes = new ReadNode[kAnythingFields];
      const ReadOp ops[] = {ReadOp::kBoolean, ReadOp::kBytes, ReadOp::kDouble,
                            ReadOp::kFloat,   ReadOp::kInt,   ReadOp::kLong,
                            ReadOp::kString,  ReadOp::kArray, ReadOp::kEntries};
      const sluice_kind kinds[] = {SLUICE_BOOLEAN, SLUICE_BYTES, SLUICE_FLOAT64,
                                   SLUICE_FLOAT32, SLUICE_INT32, SLUICE_INT64,
                                   SLUICE_STRING,  SLUICE_ARRAY, SLUICE_MAP};
      auto* inner = new ReadNode;
      inner->op = ReadOp::kAnything;
      inner->min_bytes = kAnythingFields;
      for (int i = 0; i < kAnythingFields; ++i) {
        nodes[i].op = ops[i];
        nodes[i].kind = kinds[i];
      }
      nodes[kAnythingFields - 2].children = {inner};
      nodes[kAnythingFields - 1].children = {inner, inner};
      return nodes;
    }();
    return Read(kNodes[field], value, depth);
  }

  Decoder in_;
  abi::Arena& arena_;
  std::vector<sluice_value>& items_;
  std::vector<sluice_map_entry>& entries_;
  absl::flat_hash_map<std::string_view, uint32_t>& places_;
  size_t records_left_;
  Status status_;
};

}  // namespace

StatusOr<std::unique_ptr<Reader>> Reader::Make(const Schema& writer, const Schema& reader,
                                               abi::SchemaRef connect, const AvroOptions& options) {
  SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<ReadPlan> plan,
                          MakeReadPlan(writer, reader, connect.get(), options));
  return std::unique_ptr<Reader>(new Reader(std::move(plan), std::move(connect)));
}

Reader::Reader(std::unique_ptr<ReadPlan> plan, abi::SchemaRef schema)
    : plan_(std::move(plan)), schema_(std::move(schema)), scratch_(std::make_unique<Scratch>()) {}
Reader::~Reader() = default;

StatusOr<sluice_value> Reader::Read(std::string_view bytes, abi::Arena& arena) {
  Run run(bytes, arena, *scratch_);
  sluice_value value{};
  const ReadNode& root = *plan_->root;
  const bool bytes_op =
      root.op == ReadOp::kString || root.op == ReadOp::kBytes || root.op == ReadOp::kDecimal;
  const bool read =
      plan_->raw && bytes_op ? run.Take(root, bytes, value) : run.Read(root, value, 0);
  if (!read) return run.status();
  return value;
}

}  // namespace sluice::convert::avro
