#include "rest_api/message.h"

#include <gtest/gtest.h>

namespace sluice::rest_api {
namespace {

using Segments = std::vector<std::string>;

Segments PathOf(std::string_view target) {
  Request request;
  const Status status = ParseTarget(target, request);
  return status.ok() ? request.path : Segments{"error", std::string(Message(status))};
}

TEST(ParseTarget, SplitsBeforeItDecodes) {
  EXPECT_EQ(PathOf("/"), Segments{});
  EXPECT_EQ(PathOf("/connectors"), Segments{"connectors"});
  EXPECT_EQ(PathOf("/connectors/"), Segments{"connectors"});
  EXPECT_EQ(PathOf("/connectors/a%2Fb%20c%25/status"),
            (Segments{"connectors", "a/b c%", "status"}));
  EXPECT_EQ(PathOf("/connectors/%E2%82%AC+x"), (Segments{"connectors", "\u20ac+x"}));
  EXPECT_EQ(PathOf("/connectors//status"), (Segments{"connectors", "", "status"}));
  EXPECT_EQ(PathOf("http://host:1/connectors/x"), (Segments{"connectors", "x"}));
  EXPECT_EQ(PathOf("http://host"), Segments{});
}

TEST(ParseTarget, ForgetsParametersOfSegments) {
  EXPECT_EQ(PathOf("/connectors;v=1/x;a=b;c/status"), (Segments{"connectors", "x", "status"}));
  EXPECT_EQ(PathOf("/connectors/x%3By"), (Segments{"connectors", "x;y"}));
}

TEST(ParseTarget, RefusesBadEscapes) {
  for (const char* target : {"/a%", "/a%2", "/a%zz", "/a%ff", "/?x=%1"}) {
    EXPECT_EQ(PathOf(target).at(0), "error") << target;
  }
}

TEST(ParseTarget, ReadsTheQuery) {
  Request request;
  ASSERT_TRUE(ParseTarget("/c?expand=info&expand=status&a+b=c%3Dd&flag&&x=", request).ok());
  ASSERT_EQ(request.query.size(), 5u);
  EXPECT_EQ(request.query[1].second, "status");
  EXPECT_EQ(request.Query("a b"), "c=d");
  EXPECT_EQ(request.Query("flag"), "");
  EXPECT_EQ(request.Query("none"), "");
}

TEST(PercentEncode, KeepsWhatASegmentMayHold) {
  EXPECT_EQ(PercentEncode("a-b_c.~1"), "a-b_c.~1");
  EXPECT_EQ(PercentEncode("a/b c?%\r\n;"), "a%2Fb%20c%3F%25%0D%0A%3B");
}

TEST(ErrorResponse, MapsErrorsToStatuses) {
  EXPECT_EQ(ErrorResponse(NotFoundError("x")).status, 404);
  EXPECT_EQ(ErrorResponse(AlreadyExistsError("x")).status, 409);
  EXPECT_EQ(ErrorResponse(ConflictError("x")).status, 409);
  EXPECT_EQ(ErrorResponse(BadRequestError("x")).status, 400);
  EXPECT_EQ(ErrorResponse(ConfigError("x")).status, 400);
  EXPECT_EQ(ErrorResponse(ConnectError("x")).status, 500);
  EXPECT_EQ(ErrorResponse(DataError("x")).status, 500);
  EXPECT_EQ(ErrorResponse(NotFoundError("say \"x\"")).body,
            R"({"error_code":404,"message":"say \"x\""})");
}

}  // namespace
}  // namespace sluice::rest_api
