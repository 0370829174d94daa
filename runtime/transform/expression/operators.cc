#include "runtime/transform/expression/operators.h"

#include <algorithm>
#include <cmath>
#include <compare>

#include "runtime/base/text.h"
#include "runtime/record/value.h"
#include "runtime/transform/expression/functions.h"

namespace sluice::transform {
namespace {

bool IsDate(sluice_kind kind) { return record::IsDateKind(kind); }

Status WrongKinds(std::string_view sign, std::string_view needs, const sluice_value& a,
                  const sluice_value& b) {
  return DataError(StrCat("'", sign, "' needs ", needs, ", found ", record::JavaClassName(a),
                          " and ", record::JavaClassName(b)));
}

// Numbers of any two kinds, without loss.
std::partial_ordering CompareNumbers(const sluice_value& a, const sluice_value& b) {
  if (IsWhole(a.kind) && IsWhole(b.kind)) return a.as.int64 <=> b.as.int64;
  const auto wide = [](const sluice_value& value) {  // holds each int64 and each double
    return IsWhole(value.kind) ? static_cast<long double>(value.as.int64)
                               : static_cast<long double>(NumberOf(value));
  };
  return wide(a) <=> wide(b);
}

// The result of an operator, or the bit that says that it does not fit.
bool Overflows(Op op, int64_t a, int64_t b, int64_t& out) {
  if (op == Op::kAdd) return __builtin_add_overflow(a, b, &out);
  if (op == Op::kSubtract) return __builtin_sub_overflow(a, b, &out);
  return __builtin_mul_overflow(a, b, &out);
}

std::string_view SignOf(Op op) {
  switch (op) {
    case Op::kAdd:
      return "+";
    case Op::kSubtract:
      return "-";
    case Op::kMultiply:
      return "*";
    case Op::kDivide:
      return "/";
    case Op::kRemainder:
      return "%";
    case Op::kLess:
      return "<";
    case Op::kLessEqual:
      return "<=";
    case Op::kGreater:
      return ">";
    default:
      return ">=";
  }
}

}  // namespace

bool Equal(const sluice_value& a, const sluice_value& b) {
  if (IsNumber(a.kind) && IsNumber(b.kind) && !(IsDate(a.kind) && IsDate(b.kind))) {
    return CompareNumbers(a, b) == 0;
  }
  return record::DeepEquals(a, b);
}

StatusOr<sluice_value> Calculate(Op op, const sluice_value& a, const sluice_value& b,
                                 abi::Arena& arena) {
  if (op == Op::kAdd && a.kind == SLUICE_STRING && b.kind == SLUICE_STRING) {
    if (size_t{a.size} + b.size > kResultTextMax) return TextTooLarge();
    char* out = arena.NewArray<char>(size_t{a.size} + b.size);
    std::copy(a.as.data, a.as.data + a.size, out);
    std::copy(b.as.data, b.as.data + b.size, out + a.size);
    return abi::String({out, size_t{a.size} + b.size});
  }
  if (!IsNumber(a.kind) || !IsNumber(b.kind)) {
    return WrongKinds(SignOf(op), op == Op::kAdd ? "two numbers or two texts" : "two numbers", a,
                      b);
  }
  if (IsWhole(a.kind) && IsWhole(b.kind)) {
    const int64_t left = a.as.int64, right = b.as.int64;
    int64_t out = 0;
    if (op == Op::kDivide || op == Op::kRemainder) {
      if (right == 0) return DataError(StrCat("'", SignOf(op), "' divides by zero"));
      if (right == -1) {  // INT64_MIN / -1 is no int64
        if (op == Op::kRemainder) return abi::Int64(0);
        if (__builtin_sub_overflow(int64_t{0}, left, &out)) {
          return DataError("the result does not fit in int64");
        }
        return abi::Int64(out);
      }
      return abi::Int64(op == Op::kDivide ? left / right : left % right);
    }
    if (Overflows(op, left, right, out)) return DataError("the result does not fit in int64");
    return abi::Int64(out);
  }
  const double left = NumberOf(a), right = NumberOf(b);
  switch (op) {
    case Op::kAdd:
      return abi::Float64(left + right);
    case Op::kSubtract:
      return abi::Float64(left - right);
    case Op::kMultiply:
      return abi::Float64(left * right);
    case Op::kDivide:
      return abi::Float64(left / right);
    default:
      return abi::Float64(std::fmod(left, right));
  }
}

StatusOr<sluice_value> Compare(Op op, const sluice_value& a, const sluice_value& b) {
  std::partial_ordering order = std::partial_ordering::unordered;
  if (IsNumber(a.kind) && IsNumber(b.kind)) {
    order = CompareNumbers(a, b);
  } else if (a.kind == b.kind && abi::IsText(a)) {
    order = abi::Text(a) <=> abi::Text(b);
  } else if (a.kind == SLUICE_BOOLEAN && b.kind == SLUICE_BOOLEAN) {
    order = a.as.int64 <=> b.as.int64;
  } else {
    return WrongKinds(SignOf(op), "two numbers or two texts", a, b);
  }
  switch (op) {
    case Op::kLess:
      return abi::Boolean(order < 0);
    case Op::kLessEqual:
      return abi::Boolean(order <= 0);
    case Op::kGreater:
      return abi::Boolean(order > 0);
    default:
      return abi::Boolean(order >= 0);
  }
}

}  // namespace sluice::transform
