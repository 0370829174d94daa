// Random Connect schemas and values to Avro and back: equal but for what Avro cannot say, and the
// same bytes again.
#include <gtest/gtest.h>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/from_connect.h"
#include "runtime/convert/avro/reader.h"
#include "runtime/convert/avro/schema.h"
#include "runtime/convert/avro/to_connect.h"
#include "runtime/convert/avro/writer.h"
#include "runtime/convert/random_data.h"
#include "runtime/record/value.h"

namespace sluice::convert::avro {
namespace {

using abi::SchemaRef;

TEST(RoundTrip, RandomSchemasAndValuesComeBack) {
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    RandomData maker(seed);
    const SchemaRef schema = maker.Schema(4);
    const auto document = FromConnectSchema(*schema, {});
    ASSERT_TRUE(document.ok()) << seed << document.status();
    const auto text = SchemaText(*(*document)->root());
    ASSERT_TRUE(text.ok()) << seed << text.status();
    const auto parsed = ParseSchema(*text);
    ASSERT_TRUE(parsed.ok()) << seed << parsed.status();
    EXPECT_EQ(*SchemaText(*(*parsed)->root()), *text) << seed;
    const auto back = ToConnectSchema(*(*parsed)->root(), std::nullopt, {});
    ASSERT_TRUE(back.ok()) << seed << back.status();
    EXPECT_TRUE(abi::SameSchema(schema.get(), back->get())) << seed << " " << *text;
    const auto writer = Writer::Make(schema.get(), *(*parsed)->root(), {});
    ASSERT_TRUE(writer.ok()) << seed << writer.status();
    const auto reader = Reader::Make(*(*parsed)->root(), *(*parsed)->root(), *back, {});
    ASSERT_TRUE(reader.ok()) << seed << reader.status();
    for (int i = 0; i < 20; ++i) {
      abi::Arena arena(1024);
      const sluice_value value = maker.Value(*schema, arena);
      if (abi::IsNull(value)) continue;
      ByteOutput out;
      const Status written = (*writer)->Write(value, out);
      ASSERT_TRUE(written.ok()) << seed << written;
      const std::string bytes(out.view());
      const auto read = (*reader)->Read(bytes, arena);
      ASSERT_TRUE(read.ok()) << seed << read.status() << " " << *text;
      EXPECT_TRUE(record::DeepEquals(value, *read)) << seed << " " << record::JavaText(value);
      ByteOutput again;
      ASSERT_TRUE((*writer)->Write(*read, again).ok()) << seed;
      EXPECT_EQ(again.view(), bytes) << seed;
      // No prefix of the bytes is a record, but for bytes at the root, which are all there is.
      if ((*parsed)->root()->type == Type::kBytes) continue;
      for (size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE((*reader)->Read(bytes.substr(0, size), arena).ok()) << seed;
      }
    }
  }
}

}  // namespace
}  // namespace sluice::convert::avro
