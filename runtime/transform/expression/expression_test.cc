#include "runtime/transform/expression/expression.h"

#include <gtest/gtest.h>

#include <random>

#include "runtime/base/text.h"
#include "runtime/transform/record_builder.h"

namespace sluice::transform {
namespace {

using testing::kData;
using testing::Maker;
using testing::Shown;

// A record with a struct, or the same as a map, for a value.
class ExpressionTest : public ::testing::Test {
 protected:
  ExpressionTest() {
    using testing::Schema;
    const auto at = abi::SchemaBuilder(SLUICE_STRUCT)
                        .Optional()
                        .Field("city", Schema(SLUICE_STRING, true))
                        .Field("x.y", Schema(SLUICE_INT32))
                        .Build();
    schema_ =
        abi::SchemaBuilder(SLUICE_STRUCT)
            .Field("id", Schema(SLUICE_INT32))
            .Field("name", Schema(SLUICE_STRING, true))
            .Field("price", Schema(SLUICE_FLOAT64))
            .Field("none", Schema(SLUICE_INT64, true))
            .Field("ok", Schema(SLUICE_BOOLEAN))
            .Field("tags", abi::SchemaBuilder(SLUICE_ARRAY).Value(Schema(SLUICE_STRING)).Build())
            .Field("at", at)
            .Build();
    const sluice_value id = abi::Int32(18), name = abi::String("pän"), price = abi::Float64(2.5),
                       ok = abi::Boolean(true),
                       tags = make_.Array({abi::String("a"), abi::String("b")}),
                       city = abi::String("Ulm"), xy = abi::Int32(9);
    typed_ = make_.Record(make_.Struct(
        schema_, {id, name, price, abi::Null(), ok, tags, make_.Struct(at, {city, xy})}));
    bare_ = make_.Record(make_.Map({{"id", id},
                                    {"name", name},
                                    {"price", price},
                                    {"none", abi::Null()},
                                    {"ok", ok},
                                    {"tags", tags},
                                    {"at", make_.Map({{"city", city}, {"x.y", xy}})}}));
    headers_[0] = {abi::Str("trace"), nullptr, abi::String("first")};
    headers_[1] = {abi::Str("trace"), nullptr, abi::String("last")};
    headers_[2] = {abi::Str("a-b"), nullptr, abi::Int64(3)};
    for (sluice_record* record : {&typed_, &bare_}) {
      record->key = abi::String("k");
      record->headers = headers_;
      record->header_count = 3;
    }
  }

  std::string Of(std::string_view text, const sluice_record& record) {
    const auto compiled = Expression::Compile(text);
    if (!compiled.ok()) return Describe(compiled.status());
    const auto result = compiled->Evaluate(record, arena_);
    return result.ok() ? Shown(*result) : std::string(Message(result.status()));
  }
  // Of both records, which give the same.
  std::string Of(std::string_view text) {
    const std::string typed = Of(text, typed_), bare = Of(text, bare_);
    EXPECT_EQ(typed, bare) << text;
    return typed;
  }

  Maker make_;
  abi::SchemaRef schema_;
  sluice_header headers_[3];
  sluice_record typed_, bare_;
  abi::Arena arena_;
};

struct Case {
  std::string_view text, result;
};

TEST_F(ExpressionTest, ReadsTheRecord) {
  for (const Case& one : std::initializer_list<Case>{
           {"topic", "\"t\""},
           {"partition", "int32:3"},
           {"offset", "int64:17"},
           {"timestamp", "int64:1000"},
           {"key", "\"k\""},
           {"value.id", "int32:18"},
           {"value['id']", "int32:18"},
           {"value.at.city", "\"Ulm\""},
           {"value.at.`x.y`", "int32:9"},
           {"value.at['x.y']", "int32:9"},
           {"value.tags[1]", "\"b\""},
           {"value.tags[2]", "null"},
           {"value.tags[-1]", "null"},
           {"value.nope", "null"},
           {"value.nope.deeper[3].still", "null"},
           {"value.none", "null"},
           {"headers.trace", "\"last\""},
           {"headers['a-b'] + 1", "int64:4"},
           {"headers.nope", "null"},
       }) {
    EXPECT_EQ(Of(one.text), one.result) << one.text;
  }
}

TEST_F(ExpressionTest, CalculatesAndCompares) {
  for (const Case& one : std::initializer_list<Case>{
           {"1 + 2 * 3", "int64:7"},
           {"(1 + 2) * 3", "int64:9"},
           {"7 / 2", "int64:3"},
           {"-7 / 2", "int64:-3"},
           {"-7 % 3", "int64:-1"},
           {"7 / 2.0", "float64:3.5"},
           {"10 - 2 - 3", "int64:5"},
           {"value.id * value.price", "float64:45.0"},
           {"value.id + 1", "int64:19"},
           {"- -1", "int64:1"},
           {"-9223372036854775807 - 1", "int64:-9223372036854775808"},
           {"(-9223372036854775807 - 1) % -1", "int64:0"},
           {"'a' + 'b' + \"c\"", "\"abc\""},
           {"1 == 1.0", "bool:true"},
           {"9007199254740993 == 9007199254740992.0", "bool:false"},
           {"9223372036854775807 < 9223372036854775808.0", "bool:true"},
           {"'a' < 'b' && 'B' < 'a'", "bool:true"},
           {"value.id >= 18 && value.id != 19", "bool:true"},
           {"1 == 'a'", "bool:false"},
           {"value.ok == true", "bool:true"},
           {"false < true", "bool:true"},
           {"'b' in ['a', 'b']", "bool:true"},
           {"18 in [1, value.id]", "bool:true"},
           {"'c' in value.tags", "bool:false"},
           {"[1, 'a', null]", "[int64:1,\"a\",null]"},
           {"value.ok ? 'yes' : 'no'", "\"yes\""},
           {"false ? 1 : true ? 2 : 3", "int64:2"},
           {"!value.ok || true && false", "bool:false"},
           {"1.5e3", "float64:1500.0"},
       }) {
    EXPECT_EQ(Of(one.text), one.result) << one.text;
  }
}

TEST_F(ExpressionTest, NullMakesNull) {
  for (const Case& one : std::initializer_list<Case>{
           {"value.none + 1", "null"},
           {"value.none < 1", "null"},
           {"-value.none", "null"},
           {"value.none == null", "bool:true"},
           {"value.nope != null", "bool:false"},
           {"value.none == 0", "bool:false"},
           {"!value.none", "null"},
           {"value.none && false", "bool:false"},
           {"false && value.none", "bool:false"},
           {"value.none && true", "null"},
           {"true && value.none", "null"},
           {"value.none || true", "bool:true"},
           {"value.none || false", "null"},
           {"value.none ? 1 : 2", "int64:2"},
           {"upper(value.nope)", "null"},
           {"coalesce(value.nope, value.none, 7)", "int64:7"},
           {"has(value.id)", "bool:true"},
           {"has(value.none)", "bool:false"},
           {"has(value.nope.deeper)", "bool:false"},
           {"has(headers.trace) && !has(headers.other)", "bool:true"},
           {"value.nope.all(x, x > 0)", "null"},
           {"1 in value.nope", "null"},
       }) {
    EXPECT_EQ(Of(one.text), one.result) << one.text;
  }
}

TEST_F(ExpressionTest, CallsFunctions) {
  for (const Case& one : std::initializer_list<Case>{
           {"size(value.name)", "int64:3"},
           {"value.tags.size()", "int64:2"},
           {"size(value.at)", "int64:2"},
           {"value.name.upper() + lower('ABc')", "\"PäNabc\""},
           {"trim('  a ')", "\"a\""},
           {"value.name.contains('n') && value.name.startsWith('p') && endsWith('ab', 'b')",
            "bool:true"},
           {"indexOf('äbc', 'c')", "int64:2"},
           {"indexOf('abc', 'x')", "int64:-1"},
           {"substring('äöü', 1)", "\"öü\""},
           {"substring('äöü', 1, 2)", "\"ö\""},
           {"substring('abc', 2, 1) + substring('abc', 9)", "\"\""},
           {"replace('a.b.c', '.', '--')", "\"a--b--c\""},
           {"replace('abc', 'x', 'y') + replace('', 'a', 'b')", "\"abc\""},
           {"value.name.matches('^p.n$')", "bool:true"},
           {"matches('abc', 'b')", "bool:true"},
           {"replaceFirst('order-17', '([a-z]+)-(\\\\d+)', '$2-$1')", "\"17-order\""},
           {"split('a,,b', ',')", "[\"a\",\"\",\"b\"]"},
           {"join(value.tags, '+') + join([1, null, 2.5], ' ')", "\"a+b1  2.5\""},
           {"abs(-3) + abs(2)", "int64:5"},
           {"abs(-2.5)", "float64:2.5"},
           {"max(1, 3, 2) - min(4, 2)", "int64:1"},
           {"max(1, 2.5)", "float64:2.5"},
           {"floor(2.7) + ceil(2.1) + round(2.5)", "float64:8.0"},
           {"int('42') + int(2.9) + int(true)", "int64:45"},
           {"int32('7')", "int32:7"},
           {"int8(-128)", "int8:-128"},
           {"double('1.5') + float64(1)", "float64:2.5"},
           {"float32(1.5)", "float32:1.5"},
           {"bool('TRUE') && !bool(0)", "bool:true"},
           {"type(1) + type('a') + type(null) + type(value.at.city) + type([])",
            "\"int64stringnullstringlist\""},
           {"timestamp(0)", "timestamp:0"},
           {"timestamp('1970-01-02')", "timestamp:86400000"},
           {"int(timestamp('1970-01-01T00:00:01.500Z'))", "int64:1500"},
           {"formatTime(timestamp, 'yyyy-MM-dd HH:mm:ss')", "\"1970-01-01 00:00:01\""},
           {"parseTime('02.01.1970', 'dd.MM.yyyy')", "timestamp:86400000"},
           {"timestamp(5) > timestamp(4) && timestamp(5) - timestamp(3) == 2", "bool:true"},
           {"value.tags.exists(t, t == 'b')", "bool:true"},
           {"value.tags.all(t, t.size() == 2)", "bool:false"},
           {"[[1, 2], [3]].all(row, row.exists(x, x > 1))", "bool:true"},
           {"all([], x, false) && !exists([], x, true)", "bool:true"},
       }) {
    EXPECT_EQ(Of(one.text), one.result) << one.text;
  }
  EXPECT_EQ(Of("string(1) + string(2.0) + string(true) + string(value.tags)"),
            "\"12.0true[\"a\",\"b\"]\"");
}

TEST_F(ExpressionTest, SaysWhatFailsAndWhere) {
  const auto failed = [&](std::string_view text, std::string_view rest) {
    EXPECT_EQ(Of(text), StrCat("Expression '", text, "' at position ", rest));
  };
  failed("value.id + 'a'",
         "10: '+' needs two numbers or two texts, found java.lang.Integer and java.lang.String");
  failed("1 < 'a'",
         "3: '<' needs two numbers or two texts, found java.lang.Long and "
         "java.lang.String");
  failed("9223372036854775807 + 1", "21: the result does not fit in int64");
  failed("(-9223372036854775807 - 1) / -1", "28: the result does not fit in int64");
  failed("1 / 0", "3: '/' divides by zero");
  failed("-'a'", "1: '-' needs a number, found java.lang.String");
  failed("value.id && true", "7: a condition is needed here, found java.lang.Integer");
  failed("value.name.x",
         "12: only structs and maps have fields such as 'x', found java.lang.String");
  failed("upper(1)", "1: upper(): it needs a text, found java.lang.Long");
  failed("int('x')", "1: int(): the text is no whole number of 64 bits");
  failed("int8(200)", "1: int8(): the number does not fit in int8");
  failed("int(1e300)", "1: int(): the number does not fit in int64");
  failed("parseTime('x', 'yyyy')", "1: parseTime(): the text is no time as yyyy");
  failed("1 in 2", "3: 'in' needs a list or a map behind it, found java.lang.Long");
  failed("all(1, x, true)", "1: all() needs a list or a map, found java.lang.Long");
  failed("value.tags['a']",
         "11: '[' needs a list and a number, or a map or struct and a name, "
         "found java.util.ArrayList and java.lang.String");
  const std::string bomb = "replace(replace(replace('" + std::string(1000, 'a') + "', 'a', '" +
                           std::string(1000, 'a') + "'), 'a', '" + std::string(1000, 'a') +
                           "'), 'a', '')";
  EXPECT_TRUE(Of(bomb).ends_with(": replace(): the text becomes larger than 64 MiB"));
  const auto compiled = Expression::Compile("1");
  EXPECT_EQ(Message(compiled->Holds(bare_, arena_).status()),
            "Expression '1' at position 1: a condition is needed, found java.lang.Long");
}

TEST(ExpressionText, SaysWhatWasExpectedWhere) {
  const auto why = [](std::string_view text) {
    const auto compiled = Expression::Compile(text);
    return compiled.ok() ? "compiled" : std::string(Message(compiled.status()));
  };
  EXPECT_EQ(why("value.a +").substr(0, 16), "expected a value");
  EXPECT_NE(why("value.a +").find(" at position 10, found the end"), std::string::npos);
  EXPECT_EQ(why("value.a b"), "expected an operator or the end at position 9, found 'b'");
  EXPECT_EQ(why("(1"), "expected ')' at position 3, found the end");
  EXPECT_EQ(why("[1 2]"), "expected ',' or ']' at position 4, found '2'");
  EXPECT_EQ(why("1 ? 2"), "expected ':' at position 6, found the end");
  EXPECT_EQ(why("value."), "expected a field's name at position 7, found the end");
  EXPECT_EQ(why("1 < 2 < 3"), "expected && between two comparisons at position 7, found '<'");
  EXPECT_EQ(why("'a"), "the text in quotes that begins has no end at position 1");
  EXPECT_EQ(why("'\\x'"),
            "expected \\n \\t \\r \\\\ \\' \\\" or \\u and four digits at position 2");
  EXPECT_EQ(why("1a"), "expected a number at position 1, found '1a'");
  EXPECT_EQ(why("99999999999999999999"),
            "expected a number of 64 bits at position 1, found '99999999999999999999'");
  EXPECT_EQ(why("a = 1").substr(0, 16), "expected a value");
  EXPECT_EQ(why("value.a = 1"), "expected a value or an operator at position 9, found '='");
  EXPECT_EQ(why("value ä"), "expected a value or an operator at position 7, found 'ä'");
  EXPECT_TRUE(why("nope(1)").starts_with(
      "there is no function nope at position 1; there are all, exists, has, size, "));
  EXPECT_EQ(why("upper()"), "upper() at position 1 needs one text, found 0 arguments");
  EXPECT_EQ(why("has(1)"), "has() at position 1 needs one path, such as value.a.b");
  EXPECT_EQ(why("matches('a', value.b)"),
            "matches() at position 1 needs a text and a regular expression: the pattern must be a "
            "text in quotes");
  EXPECT_TRUE(why("matches('a', '(')")
                  .starts_with("matches() at position 1 needs a text and a regular expression: "));
  EXPECT_TRUE(why("formatTime(timestamp, 'qq')").ends_with("Illegal pattern character 'q'"));
  EXPECT_EQ(why("headers"),
            "expected '.' and a header's name, or its name in ['...'], at position 8, found the "
            "end");
  EXPECT_EQ(why("headers[1]"), "expected a header's name in quotes at position 9, found '1'");
  EXPECT_TRUE(why("x.all(y, y)").starts_with("expected a value"));
  EXPECT_EQ(why("value.all(1, true)"),
            "expected a name for the list's item at position 11, found '1'");
}

TEST(ExpressionText, HasBounds) {
  const auto compiles = [](const std::string& text) { return Expression::Compile(text).ok(); };
  EXPECT_TRUE(compiles(std::string(50, '(') + "1" + std::string(50, ')')));
  EXPECT_FALSE(compiles(std::string(200, '(') + "1" + std::string(200, ')')));
  EXPECT_FALSE(compiles(std::string(2000, '-') + "1"));
  EXPECT_FALSE(compiles(std::string(2000, '[')));
  std::string sum = "1", deep = "value", many = "[1";
  for (int i = 0; i < 150; ++i) sum += "+1", deep += ".a";
  for (int i = 0; i < 2000; ++i) many += ",1";
  EXPECT_FALSE(compiles(sum));
  EXPECT_FALSE(compiles(deep));
  EXPECT_FALSE(compiles(many + "]"));
  EXPECT_FALSE(compiles("'" + std::string(20000, 'a') + "'"));
}

// ---- Any expression means the same with and without the parentheses that it does not need

struct Written {
  std::string plain, full;
  int level;  // of its outermost operator; 9: none
};

class Writer {
 public:
  explicit Writer(uint32_t seed) : random_(seed) {}

  Written Any(int depth) {
    static constexpr std::pair<std::string_view, int> kOperators[] = {
        {"||", 1}, {"&&", 2}, {"==", 3}, {"<", 3}, {"in", 3},
        {"+", 4},  {"-", 4},  {"*", 5},  {"/", 5}, {"%", 5}};
    if (depth == 0) return Leaf();
    const size_t which = Pick(14);
    if (which < 10) {
      const auto [sign, level] = kOperators[which];
      const Written left = Any(depth - 1), right = Any(depth - 1);
      const bool left_bare = level == 3 ? left.level > level : left.level >= level;
      return {StrCat(left_bare ? left.plain : Enclosed(left.plain), " ", sign, " ",
                     right.level > level ? right.plain : Enclosed(right.plain)),
              StrCat("(", left.full, " ", sign, " ", right.full, ")"), level};
    }
    const Written one = Any(depth - 1);
    if (which == 10) {
      return {StrCat("!", one.level >= 8 ? one.plain : Enclosed(one.plain)),
              StrCat("(!", one.full, ")"), 8};
    }
    if (which == 11) {
      const Written two = Any(depth - 1), three = Any(depth - 1);
      return {StrCat(one.level > 0 ? one.plain : Enclosed(one.plain), " ? ", two.plain, " : ",
                     three.plain),
              StrCat("(", one.full, " ? ", two.full, " : ", three.full, ")"), 0};
    }
    if (which == 12) return {StrCat("[", one.plain, "]"), StrCat("([", one.full, "])"), 9};
    return {StrCat("coalesce(", one.plain, ", 1)"), StrCat("coalesce(", one.full, ", 1)"), 9};
  }

 private:
  static std::string Enclosed(const std::string& text) { return StrCat("(", text, ")"); }
  size_t Pick(size_t count) { return random_() % count; }
  Written Leaf() {
    static constexpr std::string_view kLeaves[] = {
        "value.id", "value.price", "value.none", "value.ok", "true",       "false",
        "null",     "2",           "0.5",        "'a'",      "value.tags", "value.name"};
    const std::string leaf(kLeaves[Pick(std::size(kLeaves))]);
    return {leaf, leaf, 9};
  }

  std::mt19937 random_;
};

TEST_F(ExpressionTest, BindsAsItIsWritten) {
  int evaluated = 0;
  for (uint32_t seed = 0; seed < 3000; ++seed) {
    const Written written = Writer(seed).Any(1 + static_cast<int>(seed % 4));
    const auto plain = Expression::Compile(written.plain), full = Expression::Compile(written.full);
    ASSERT_TRUE(plain.ok()) << written.plain << ": " << Describe(plain.status());
    ASSERT_TRUE(full.ok()) << written.full << ": " << Describe(full.status());
    const auto a = plain->Evaluate(typed_, arena_), b = full->Evaluate(bare_, arena_);
    ASSERT_EQ(a.ok(), b.ok()) << written.plain << " | " << written.full;
    if (!a.ok()) continue;
    ++evaluated;
    ASSERT_EQ(Shown(*a), Shown(*b)) << written.plain << " | " << written.full;
  }
  EXPECT_GT(evaluated, 500);
}

}  // namespace
}  // namespace sluice::transform
