#include "runtime/convert/converter.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

class ConverterTest : public ::testing::Test {
 protected:
  static std::unique_ptr<Converter> Make(std::string_view name,
                                         const config::ConfigMap& settings = {}) {
    auto made = NewConverter(name, settings, Role::kValue);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? *std::move(made) : nullptr;
  }
  BatchMemory memory_;
};

TEST_F(ConverterTest, FullNamesSimpleNamesAndAliases) {
  for (const char* name :
       {"org.apache.kafka.connect.json.JsonConverter", "JsonConverter", "Json"}) {
    EXPECT_EQ(Make(name)->class_name(), "org.apache.kafka.connect.json.JsonConverter");
  }
  EXPECT_EQ(Make("Short")->class_name(), "org.apache.kafka.connect.converters.ShortConverter");
  for (const char* name : {"SimpleHeaderConverter", "Simple"}) {
    EXPECT_TRUE(NewHeaderConverter(name, {}).ok()) << name;
  }
  EXPECT_TRUE(NewHeaderConverter("StringConverter", {}).ok());
}

TEST_F(ConverterTest, UnknownNamesAreToldWhatThereIs) {
  const Status status = NewConverter("ThriftConverter", {}, Role::kKey).status();
  EXPECT_EQ(ExceptionClass(status), kConfigException);
  EXPECT_NE(Message(status).find("'ThriftConverter'; there are "), std::string::npos);
  EXPECT_EQ(Message(status).find("SimpleHeader"), std::string::npos);
  EXPECT_FALSE(NewConverter("SimpleHeaderConverter", {}, Role::kKey).ok());
  EXPECT_FALSE(NewConverter("", {}, Role::kKey).ok());
  EXPECT_NE(Message(NewHeaderConverter("x", {}).status()).find("SimpleHeader"), std::string::npos);
}

TEST_F(ConverterTest, TheListHasAllOnce) {
  std::set<std::string> names;
  for (const ConverterInfo& info : ListConverters()) {
    EXPECT_TRUE(names.insert(info.class_name).second);
    const config::ConfigMap settings{{"schema.registry.url", "http://localhost"}};
    EXPECT_EQ(NewHeaderConverter(info.class_name, settings).ok(), info.header_converter);
    EXPECT_EQ(NewConverter(info.class_name, settings, Role::kKey).ok(), info.converter);
    EXPECT_NE(info.config, nullptr);
  }
  EXPECT_EQ(names.size(), 13u);
}

TEST_F(ConverterTest, SettingsAreChecked) {
  const auto error = [](std::string_view name, const config::ConfigMap& settings) {
    return std::string(Message(NewConverter(name, settings, Role::kValue).status()));
  };
  EXPECT_NE(error("Json", {{"schemas.enable", "maybe"}}).find("schemas.enable"), std::string::npos);
  EXPECT_NE(error("Json", {{"schemas.cache.size", "x"}}).find("schemas.cache.size"),
            std::string::npos);
  EXPECT_EQ(error("Json", {{"decimal.format", "HEX"}}),
            "Invalid value HEX for configuration decimal.format: String must be one of (case "
            "insensitive): NUMERIC, BASE64");
  EXPECT_EQ(error("Json", {{"decimal.format", "numeric"}}), "");
  EXPECT_EQ(error("String", {{"converter.encoding", "klingon"}}),
            "Invalid value klingon for configuration converter.encoding: There is no character set "
            "called 'klingon'; use one like UTF-8, ISO-8859-1 or UTF-16");
}

TEST_F(ConverterTest, PassThroughCopiesNothing) {
  const std::string_view text = "some text that stays where it is";
  for (const char* name : {"StringConverter", "ByteArrayConverter"}) {
    auto converter = Make(name);
    const SchemaAndValue data = converter->ToConnect("t", abi::Str(text), memory_).value();
    EXPECT_EQ(data.value.as.data, text.data());
    const Bytes bytes = converter->FromConnect("t", data.schema, data.value, memory_).value();
    EXPECT_EQ(bytes.data, text.data());
    EXPECT_EQ(memory_.used(), 0u);
  }
}

TEST_F(ConverterTest, EmptyAndNullDiffer) {
  for (const char* name : {"StringConverter", "ByteArrayConverter"}) {
    auto converter = Make(name);
    const SchemaAndValue empty = converter->ToConnect("t", abi::Str(""), memory_).value();
    EXPECT_FALSE(abi::IsNull(empty.value));
    const SchemaAndValue null = converter->ToConnect("t", record::kNullBytes, memory_).value();
    EXPECT_TRUE(abi::IsNull(null.value));
    EXPECT_NE(null.schema, nullptr);
    EXPECT_FALSE(
        record::IsNull(converter->FromConnect("t", nullptr, empty.value, memory_).value()));
    EXPECT_TRUE(record::IsNull(converter->FromConnect("t", nullptr, null.value, memory_).value()));
  }
}

TEST_F(ConverterTest, NumbersRoundTrip) {
  const auto round = [&](const char* name, const sluice_value& value) {
    auto converter = Make(name);
    const Bytes bytes = converter->FromConnect("t", nullptr, value, memory_).value();
    return record::JavaText(converter->ToConnect("t", bytes, memory_).value().value);
  };
  EXPECT_EQ(round("Short", abi::Integer(SLUICE_INT16, -300)), "-300");
  EXPECT_EQ(round("Integer", abi::Int32(INT32_MIN)), "-2147483648");
  EXPECT_EQ(round("Long", abi::Int64(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(round("Float", abi::Float32(-1.5f)), "-1.5");
  EXPECT_EQ(round("Double", abi::Float64(0.1)), "0.1");
  EXPECT_EQ(round("Boolean", abi::Boolean(true)), "true");
}

TEST_F(ConverterTest, ErrorsCarryTheirCause) {
  auto converter = Make("Integer");
  const Status status = converter->ToConnect("t", abi::Str("abc"), memory_).status();
  EXPECT_EQ(Describe(status),
            "org.apache.kafka.connect.errors.DataException: Failed to deserialize integer: ");
  EXPECT_NE(StackTrace(status).find(
                "Caused by: org.apache.kafka.common.errors.SerializationException: Size of data"),
            std::string::npos);
}

TEST_F(ConverterTest, InvalidUtf8BecomesReplacementCharacters) {
  auto converter = Make("String");
  const SchemaAndValue data = converter->ToConnect("t", abi::Str("a\xFFz"), memory_).value();
  EXPECT_EQ(abi::Text(data.value), "a\xEF\xBF\xBDz");
}

TEST_F(ConverterTest, ADeepHeaderStaysBytes) {
  auto converter = NewHeaderConverter("Simple", {}).value();
  const std::string deep(1 << 20, '[');
  const SchemaAndValue data = converter->ToConnect("t", "h", abi::Str(deep), memory_).value();
  EXPECT_EQ(data.schema, record::RequiredSchema(SLUICE_BYTES));
  EXPECT_EQ(data.value.as.data, deep.data());
}

}  // namespace
}  // namespace sluice::convert
