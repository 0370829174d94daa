#include "connectors/object_store_sink/line_formats.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

struct Text : Output {
  void Append(std::string_view bytes) override { text.append(bytes); }
  std::string text;
};

std::string Unzip(const std::string& bytes) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(LineFormatsTest, WhatIsNotKeptIsNotThere) {
  Text out;
  const JsonFormat format(shared::DecimalText::kBase64, {});
  const auto encoder = format.Open(nullptr, "n", out);
  encoder->Stage(nullptr, sdk::Int32(1));
  encoder->Keep();
  encoder->Stage(nullptr, sdk::Int32(2));
  encoder->Stage(nullptr, sdk::Int32(3));
  encoder->Keep();
  encoder->Stage(nullptr, sdk::Int32(4));
  EXPECT_EQ(encoder->held(), std::string().capacity());
  encoder->End();
  EXPECT_EQ(out.text, "1\n3\n");
  EXPECT_EQ(format.extension(), ".json");
}

TEST(LineFormatsTest, DecimalsAreWrittenAsAsked) {
  const uint8_t bytes[] = {0x04, 0xE2};
  const sluice_decimal decimal{2, sizeof bytes, bytes};
  const auto text = [&](shared::DecimalText decimals) {
    Text out;
    const auto encoder = JsonFormat(decimals, {}).Open(nullptr, "n", out);
    encoder->Stage(nullptr, abi::Decimal(&decimal));
    encoder->Keep();
    encoder->End();
    return out.text;
  };
  EXPECT_EQ(text(shared::DecimalText::kBase64), "\"BOI=\"\n");
  EXPECT_EQ(text(shared::DecimalText::kNumeric), "12.50\n");
}

TEST(LineFormatsTest, GzipIsDeterministic) {
  const JsonFormat format(shared::DecimalText::kBase64, {.gzip = true, .level = 6});
  EXPECT_EQ(format.extension(), ".json.gz");
  Text nowhere;
  EXPECT_GT(format.Open(nullptr, "n", nowhere)->held(), 200u << 10);
  std::string first;
  for (int round = 0; round < 2; ++round) {
    Text out;
    const auto encoder = format.Open(nullptr, "n", out);
    std::string expected;
    for (int i = 0; i < 20'000; ++i) {
      encoder->Stage(nullptr, sdk::Int32(i));
      encoder->Keep();
      expected += std::to_string(i) + "\n";
    }
    encoder->End();
    EXPECT_EQ(Unzip(out.text), expected);
    if (round == 0) first = out.text;
    EXPECT_EQ(out.text, first);
  }
}

TEST(LineFormatsTest, TheLevelOfGzip) {
  const auto size = [](int level) {
    Text out;
    const JsonFormat format(shared::DecimalText::kBase64, {.gzip = true, .level = level});
    const auto encoder = format.Open(nullptr, "n", out);
    for (int i = 0; i < 5000; ++i) {
      encoder->Stage(nullptr, sdk::Int32(i % 100));
      encoder->Keep();
    }
    encoder->End();
    return out.text.size();
  };
  EXPECT_GT(size(0), 10'000u);  // as it is
  EXPECT_LT(size(9), size(1));
  EXPECT_LT(size(-1), size(1));
}

TEST(LineFormatsTest, BytesAndTheirSeparator) {
  Text out;
  const ByteArrayFormat format(".log", "|", {});
  const auto encoder = format.Open(nullptr, "n", out);
  encoder->Stage(nullptr, sdk::Bytes("ab"));
  encoder->Keep();
  EXPECT_THROW(encoder->Stage(nullptr, sdk::String("c")), sdk::DataException);
  encoder->Stage(nullptr, sdk::Bytes("d"));
  encoder->Keep();
  encoder->End();
  EXPECT_EQ(out.text, "ab|d|");
  EXPECT_EQ(format.extension(), ".log");
}

}  // namespace
}  // namespace sluice::object_store_sink
