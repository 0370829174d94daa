#include "runtime/convert/avro/skip.h"

#include "runtime/convert/avro/read_plan.h"

namespace sluice::convert::avro {

bool Skipper::Skip(const Schema& schema, int depth) {
  if (depth > depth_max_) return Refuse("it is nested too deep");
  int64_t number = 0;
  bool truth = false;
  std::string_view bytes;
  switch (schema.type) {
    case Type::kNull:
      return true;
    case Type::kBoolean:
      return Done(in_.Boolean(truth), "a boolean");
    case Type::kInt:
    case Type::kLong:
    case Type::kEnum:
      return Done(in_.Long(number), "a number");
    case Type::kFloat:
      return Done(in_.Raw(4, bytes), "a float");
    case Type::kDouble:
      return Done(in_.Raw(8, bytes), "a double");
    case Type::kString:
    case Type::kBytes:
      return Done(in_.Bytes(bytes), "bytes");
    case Type::kFixed:
      return Done(in_.Raw(static_cast<size_t>(schema.size), bytes), "a fixed");
    case Type::kUnion:
      if (!in_.Int(number) || number < 0 ||
          static_cast<uint64_t>(number) >= schema.branches.size()) {
        return Done(false, "a union's branch");
      }
      return Skip(*schema.branches[static_cast<size_t>(number)], depth + 1);
    case Type::kRecord:
      return SkipRecord(schema, depth + 1);
    case Type::kArray:
    case Type::kMap:
      return SkipItems(schema, depth + 1);
  }
  return true;
}

bool Skipper::SkipRecord(const Schema& schema, int depth) {
  if (records_left_ == 0) return Refuse("it has too many records");
  --records_left_;
  for (const Field& field : schema.fields) {
    if (!Skip(*field.schema, depth)) return false;
  }
  return true;
}

bool Skipper::SkipItems(const Schema& schema, int depth) {
  const bool map = schema.type == Type::kMap;
  int64_t total = 0;
  while (true) {
    int64_t count = 0, size = 0;
    std::string_view bytes;
    if (!in_.Block(count, size)) return Done(false, "a block");
    if (count == 0) return true;
    if (size >= 0) {
      if (!in_.Raw(static_cast<size_t>(size), bytes)) return Done(false, "a block");
      continue;
    }
    if (!in_.CanHold(count, MinBytes(*schema.items) + (map ? 1 : 0), total)) {
      return Done(false, "a block");
    }
    for (; count > 0; --count) {
      if (map && !in_.Bytes(bytes)) return Done(false, "a map's key");
      if (!Skip(*schema.items, depth)) return false;
    }
  }
}

}  // namespace sluice::convert::avro
