#include "connectors/object_store_sink/uri.h"

#include <gtest/gtest.h>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

TEST(UriTest, QueriesAreSorted) {
  EXPECT_EQ(EscapeQuery({{"uploadId", "a=b"}, {"partNumber", "2"}}), "partNumber=2&uploadId=a%3Db");
  EXPECT_EQ(EscapeQuery({{"uploads", ""}}), "uploads=");
  EXPECT_EQ(EscapeQuery({}), "");
}

TEST(UriTest, Endpoints) {
  const Endpoint plain = ParseEndpoint("store.url", "http://127.0.0.1:9000");
  EXPECT_EQ(plain.scheme + " " + plain.host + " " + plain.base, "http 127.0.0.1:9000 ");
  const Endpoint based = ParseEndpoint("store.url", "https://s3.example.org:443/one/two/");
  EXPECT_EQ(based.scheme + " " + based.host + " " + based.base, "https s3.example.org /one/two");
  for (const char* wrong :
       {"", "minio:9000", "ftp://x", "http://", "http://u:p@h", "http://h/?a"}) {
    EXPECT_THROW(ParseEndpoint("store.url", wrong), sdk::ConfigException) << wrong;
  }
}

}  // namespace
}  // namespace sluice::object_store_sink
