#include "runtime/convert/protobuf/reader.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/protobuf/decoder.h"
#include "runtime/convert/protobuf/known_values.h"
#include "runtime/convert/protobuf/read_plan.h"
#include "runtime/convert/protobuf/unique_entries.h"
#include "runtime/convert/protobuf/wire.h"
#include "runtime/convert/recursion.h"
#include "runtime/record/value.h"

namespace sluice::convert::protobuf {
namespace {

constexpr size_t kScratchMax = 16 * 1024;  // fields that are kept between records

// One more part of a message that came in several.
struct Part {
  std::string_view bytes;
  Part* next = nullptr;
};

// What has been seen of a field while its message is read.
struct Seen {
  bool is = false;
  uint32_t count = 0;  // of the repeated
  uint32_t capacity = 0;
  void* items = nullptr;
  sluice_value value{};         // of scalars
  std::string_view bytes = {};  // of all else
  Part* parts = nullptr;        // that follow, the last first
};

}  // namespace

// Memory for work, kept between records.
struct Reader::Scratch {
  std::vector<Seen> fields;
  std::vector<int32_t> picked;
  UniqueEntries unique;
};

namespace {

class Run {
 public:
  template <typename Scratch>
  Run(std::string_view bytes, abi::Arena& arena, Scratch& scratch)
      : bytes_(bytes),
        arena_(arena),
        start_(arena.used()),
        fields_(scratch.fields),
        picked_(scratch.picked),
        unique_(scratch.unique) {
    Empty(fields_);
    Empty(picked_);
  }

  // `real`: there are bytes of it; else it stands for one that is missing.
  bool ReadMessage(const MessagePlan& plan, std::string_view bytes, int depth, bool real,
                   sluice_value* values) {
    if (depth > Decoder::kDepthMax) return Malformed(bytes.data(), kTooDeep);
    if (plan.too_deep && !bytes.empty()) {
      return Refuse(StrCat("a message ", plan.message->full_name,
                           " contains itself more often than can be shown (", kRecursionMax, ")"));
    }
    const size_t first = fields_.size();
    const size_t picked = picked_.size();
    fields_.resize(first + plan.nodes.size());
    picked_.resize(picked + plan.message->oneofs.size(), -1);
    Decoder in(bytes);
    while (!in.done()) {
      if (!ReadField(plan, in, depth, first, picked)) return false;
    }
    for (size_t i = 0; i < plan.nodes.size(); ++i) {
      const ReadNode& node = plan.nodes[i];
      const int32_t oneof = node.field->oneof;
      const bool seen =
          fields_[first + i].is &&
          (oneof < 0 || picked_[picked + static_cast<size_t>(oneof)] == static_cast<int32_t>(i));
      if (node.required && !seen && real) {
        return Malformed(bytes.data(),
                         StrCat("a message without its required field ", node.field->name));
      }
      if (!Place(plan, node, first + i, seen, depth, values)) return false;
    }
    fields_.resize(first);
    picked_.resize(picked);
    return true;
  }

  Status status() const { return status_; }
  bool hole() const { return hole_; }

  // null: there is not enough memory for them.
  sluice_value* NewValues(uint32_t count) {
    if (arena_.used() - start_ > Reader::kMemoryMax) {
      (void)Refuse(StrCat("it takes more than ", Reader::kMemoryMax, " bytes of memory"));
      return nullptr;
    }
    auto* values = arena_.NewArray<sluice_value>(count);
    std::fill_n(values, count, abi::Null());
    return values;
  }

 private:
  template <typename Elements>
  static void Empty(Elements& elements) {
    elements.clear();
    if (elements.capacity() > kScratchMax) elements.shrink_to_fit();
  }

  bool Malformed(const char* place, std::string_view what) {
    const bool known = place >= bytes_.data() && place <= bytes_.data() + bytes_.size();
    status_ =
        ExceptionError(absl::StatusCode::kInvalidArgument, kSerializationException,
                       StrCat("The Protobuf data make no sense",
                              known ? StrCat(" at byte ", place - bytes_.data()) : "", ": ", what));
    return false;
  }
  bool Malformed(const Decoder& in) { return Malformed(in.at(), in.what()); }
  bool Refuse(std::string_view text) {
    status_ = DataError(StrCat("The Protobuf data cannot be read: ", text));
    return false;
  }
  bool Take(StatusOr<sluice_value> made, sluice_value& value) {
    if (!made.ok()) {
      status_ = made.status();
      return false;
    }
    value = *made;
    return true;
  }

  bool ReadField(const MessagePlan& plan, Decoder& in, int depth, size_t first, size_t picked) {
    int32_t number = 0;
    Wire wire = Wire::kVarint;
    if (!in.Tag(number, wire)) return Malformed(in);
    const int32_t index = plan.NodeOf(number);
    const ReadNode* node = index < 0 ? nullptr : &plan.nodes[static_cast<size_t>(index)];
    if (node != nullptr && node->packable && wire == Wire::kBytes) {
      return ReadPacked(*node, in, first + static_cast<size_t>(index));
    }
    if (node == nullptr || wire != node->wire) return in.Skip(number, wire) || Malformed(in);
    const size_t place = first + static_cast<size_t>(index);
    if (wire != Wire::kBytes) {
      uint64_t bits = 0;
      if (!Bits(in, wire, bits)) return Malformed(in);
      sluice_value value{};
      if (!Scalar(*node, bits, value)) return true;
      if (node->repeated) return Append(fields_[place], value);
      Pick(*node, index, place, picked).value = value;
      return true;
    }
    std::string_view bytes;
    if (!in.Bytes(bytes)) return Malformed(in);
    if (node->repeated) return ReadElement(*node, bytes, depth, place);
    Seen& seen = Pick(*node, index, place, picked);
    const bool joins = node->type == Type::kMessage && seen.bytes.data() != nullptr;
    if (joins) {
      seen.parts = ::new (arena_.NewArray<Part>(1)) Part{bytes, seen.parts};
    } else {
      seen.bytes = bytes;
    }
    return true;
  }

  static bool Bits(Decoder& in, Wire wire, uint64_t& bits) {
    return wire == Wire::kVarint ? in.Varint(bits)
           : wire == Wire::k32   ? in.Fixed32(bits)
                                 : in.Fixed64(bits);
  }

  // Of a oneof the last counts.
  Seen& Pick(const ReadNode& node, int32_t index, size_t place, size_t picked) {
    Seen& seen = fields_[place];
    if (node.field->oneof >= 0) {
      int32_t& chosen = picked_[picked + static_cast<size_t>(node.field->oneof)];
      if (chosen != index) seen = Seen{};
      chosen = index;
    }
    seen.is = true;
    return seen;
  }

  bool ReadPacked(const ReadNode& node, Decoder& in, size_t place) {
    std::string_view bytes;
    if (!in.Bytes(bytes)) return Malformed(in);
    Decoder items(bytes);
    while (!items.done()) {
      uint64_t bits = 0;
      if (!Bits(items, node.wire, bits)) return Malformed(items);
      sluice_value value{};
      if (Scalar(node, bits, value) && !Append(fields_[place], value)) return false;
    }
    return true;
  }

  // What is inside may need more of fields_: they are looked at afterwards only.
  bool ReadElement(const ReadNode& node, std::string_view bytes, int depth, size_t place) {
    if (node.op == ReadOp::kMap) {
      sluice_value pair[2] = {};
      if (!ReadMessage(*node.message, bytes, depth + 1, true, pair)) return false;
      return Append(fields_[place], sluice_map_entry{pair[0], pair[1]});
    }
    sluice_value value{};
    return OfBytes(node, bytes, depth, true, value) && Append(fields_[place], value);
  }

  template <typename Item>
  bool Append(Seen& seen, const Item& item) {
    if (seen.count == seen.capacity) {
      if (arena_.used() - start_ > Reader::kMemoryMax || seen.capacity > UINT32_MAX / 4) {
        return Refuse(StrCat("it takes more than ", Reader::kMemoryMax, " bytes of memory"));
      }
      const uint32_t capacity = std::max<uint32_t>(4, seen.capacity * 2);
      auto* grown = arena_.NewArray<Item>(capacity);
      if (seen.count > 0) std::copy_n(static_cast<const Item*>(seen.items), seen.count, grown);
      seen.items = grown;
      seen.capacity = capacity;
    }
    static_cast<Item*>(seen.items)[seen.count++] = item;
    return true;
  }

  // False: there is no value, because an enum does not know the number.
  bool Scalar(const ReadNode& node, uint64_t bits, sluice_value& value) {
    if (node.type == Type::kEnum && !OfEnum(node, static_cast<int32_t>(bits), value)) return false;
    if (node.op == ReadOp::kEnumText) return true;
    switch (node.kind) {
      case SLUICE_FLOAT32:
        value = abi::Float32(std::bit_cast<float>(static_cast<uint32_t>(bits)));
        return true;
      case SLUICE_FLOAT64:
        value = abi::Float64(std::bit_cast<double>(bits));
        return true;
      case SLUICE_INT8:
        value = abi::Int8(static_cast<int8_t>(bits));
        return true;
      case SLUICE_INT16:
        value = abi::Int16(static_cast<int16_t>(bits));
        return true;
      default:
        value = abi::Integer(node.kind, NumberOf(node.type, bits));
        return true;
    }
  }

  bool OfEnum(const ReadNode& node, int32_t number, sluice_value& value) {
    if (node.op != ReadOp::kEnumText) {
      return !node.closed || node.field->enumeration->Find(number) != nullptr;
    }
    const auto found =
        std::lower_bound(node.symbols.begin(), node.symbols.end(), number,
                         [](const auto& symbol, int32_t wanted) { return symbol.first < wanted; });
    if (found != node.symbols.end() && found->first == number) {
      value = abi::String(found->second);
      return true;
    }
    if (node.closed) return false;
    value = arena_.CopyString(
        StrCat("UNKNOWN_ENUM_VALUE_", node.field->enumeration->name, "_", number));
    return true;
  }

  // Puts what was seen of a field where it belongs.
  bool Place(const MessagePlan& plan, const ReadNode& node, size_t place, bool seen, int depth,
             sluice_value* values) {
    sluice_value value{};
    if (node.repeated) {
      const Seen& all = fields_[place];
      value = node.op == ReadOp::kMap
                  ? unique_.Map(static_cast<sluice_map_entry*>(all.items), all.count, arena_)
                  : abi::Array(static_cast<const sluice_value*>(all.items), all.count);
      if (all.count == 0 && node.op != ReadOp::kMap) value = abi::Array(Nothing(), 0);
    } else if (!seen) {
      hole_ |= node.refuses_null && depth > 0;
      if (node.null_if_missing) return true;
      if (!Missing(node, depth, value)) return false;
    } else if (node.wire != Wire::kBytes) {
      value = fields_[place].value;
    } else if (!OfBytes(node, Joined(fields_[place]), depth, true, value)) {
      return false;
    }
    if (node.in_union < 0) {
      values[node.slot] = value;
      return true;
    }
    const MessagePlan::Union& in = plan.unions[static_cast<size_t>(node.in_union)];
    sluice_value* members = NewValues(in.connect->field_count);
    if (members == nullptr) return false;
    members[node.slot] = value;
    values[in.slot] = arena_.NewStruct(in.connect, members);
    return true;
  }

  static const sluice_value* Nothing() {
    static const sluice_value kNothing{};
    return &kNothing;
  }

  bool Missing(const ReadNode& node, int depth, sluice_value& value) {
    if (node.type == Type::kMessage) return OfBytes(node, "", depth, false, value);
    value = node.fallback;
    if (abi::IsText(value) && value.size > 0 && node.op != ReadOp::kEnumText) {
      value = abi::CopyValue(arena_, value);  // the plan may be gone before the batch
    }
    return true;
  }

  // A message that came in parts is what their bytes are one behind the other.
  std::string_view Joined(const Seen& seen) {
    if (seen.parts == nullptr) [[likely]]
      return seen.bytes;
    size_t size = seen.bytes.size();
    for (const Part* part = seen.parts; part != nullptr; part = part->next) {
      size += part->bytes.size();
    }
    char* joined = arena_.NewArray<char>(size);
    char* end = joined + size;
    for (const Part* part = seen.parts; part != nullptr; part = part->next) {
      end -= part->bytes.size();
      std::copy(part->bytes.begin(), part->bytes.end(), end);
    }
    std::copy(seen.bytes.begin(), seen.bytes.end(), joined);
    return {joined, size};
  }

  bool OfBytes(const ReadNode& node, std::string_view bytes, int depth, bool real,
               sluice_value& value) {
    KnownParts parts;
    switch (node.op) {
      case ReadOp::kString:
        return Text(node, bytes, value);
      case ReadOp::kBytes:
        value = abi::Bytes(bytes);
        return true;
      case ReadOp::kStruct: {
        sluice_value* values = NewValues(node.message->values);
        if (values == nullptr || !ReadMessage(*node.message, bytes, depth + 1, real, values)) {
          return false;
        }
        value = arena_.NewStruct(node.connect, values);
        return true;
      }
      case ReadOp::kWrapper:
        return Unwrap(*node.inner, bytes, value);
      case ReadOp::kDecimal:
        return Parts(bytes, parts) && Take(DecimalOf(parts, arena_), value);
      case ReadOp::kDate:
        return Parts(bytes, parts) && Take(DateOf(parts), value);
      case ReadOp::kTime:
        return Parts(bytes, parts) && Take(TimeOf(parts), value);
      default:
        return Parts(bytes, parts) && Take(TimestampOf(parts), value);
    }
  }

  bool Text(const ReadNode& node, std::string_view bytes, sluice_value& value) {
    if (FindInvalidUtf8(bytes) == std::string_view::npos) [[likely]] {
      value = abi::String(bytes);
      return true;
    }
    if (node.strict_utf8) {
      return Malformed(bytes.data(), StrCat(kInvalidUtf8, ", the field ", node.field->name));
    }
    value = arena_.CopyString(ReplaceInvalidUtf8(bytes));
    return true;
  }

  bool Unwrap(const ReadNode& inner, std::string_view bytes, sluice_value& value) {
    Decoder in(bytes);
    if (!Missing(inner, 0, value)) return false;
    while (!in.done()) {
      int32_t number = 0;
      Wire wire = Wire::kVarint;
      if (!in.Tag(number, wire)) return Malformed(in);
      if (number != inner.field->number || wire != inner.wire) {
        if (!in.Skip(number, wire)) return Malformed(in);
      } else if (wire == Wire::kBytes) {
        std::string_view text;
        if (!in.Bytes(text)) return Malformed(in);
        if (!OfBytes(inner, text, 0, true, value)) return false;
      } else {
        uint64_t bits = 0;
        if (!Bits(in, wire, bits)) return Malformed(in);
        (void)Scalar(inner, bits, value);
      }
    }
    return true;
  }

  bool Parts(std::string_view bytes, KnownParts& parts) {
    Decoder in(bytes);
    while (!in.done()) {
      int32_t number = 0;
      Wire wire = Wire::kVarint;
      if (!in.Tag(number, wire)) return Malformed(in);
      uint64_t bits = 0;
      if (wire == Wire::kVarint && number <= 4) {
        if (!in.Varint(bits)) return Malformed(in);
        parts.numbers[number] = static_cast<int64_t>(bits);
      } else if (wire == Wire::kBytes && number == 1) {
        if (!in.Bytes(parts.bytes)) return Malformed(in);
      } else if (!in.Skip(number, wire)) {
        return Malformed(in);
      }
    }
    return true;
  }

  const std::string_view bytes_;
  abi::Arena& arena_;
  const size_t start_;
  std::vector<Seen>& fields_;
  std::vector<int32_t>& picked_;
  UniqueEntries& unique_;
  Status status_;
  bool hole_ = false;  // below the root, a null is where its schema has none
};

}  // namespace

StatusOr<std::unique_ptr<Reader>> Reader::Make(const Message& message, abi::SchemaRef connect,
                                               const ProtobufOptions& options) {
  SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<ReadPlan> plan, MakeReadPlan(message, *connect, options));
  return std::unique_ptr<Reader>(new Reader(std::move(plan), std::move(connect)));
}

Reader::Reader(std::unique_ptr<ReadPlan> plan, abi::SchemaRef schema)
    : plan_(std::move(plan)), schema_(std::move(schema)), scratch_(std::make_unique<Scratch>()) {}
Reader::~Reader() = default;

StatusOr<sluice_value> Reader::Read(std::string_view bytes, abi::Arena& arena) {
  Run run(bytes, arena, *scratch_);
  sluice_value* values = run.NewValues(plan_->root->values);
  if (!run.ReadMessage(*plan_->root, bytes, 0, true, values)) return run.status();
  if (plan_->raw) return values[0];
  const sluice_value value = arena.NewStruct(schema_.get(), values);
  if (run.hole()) SLUICE_RETURN_IF_ERROR(record::ValidateFields(*value.as.structure));
  return value;
}

}  // namespace sluice::convert::protobuf
