#include "runtime/base/status.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(StatusTest, CarriesTheJavaClass) {
  EXPECT_EQ(ExceptionClass(DataError("x")), kDataException);
  EXPECT_EQ(ExceptionClass(absl::InternalError("x")), kConnectException);
  EXPECT_EQ(ExceptionClass(OkStatus()), "");
  EXPECT_EQ(Describe(DataError("bad")), "org.apache.kafka.connect.errors.DataException: bad");
}

TEST(StatusTest, TraceNamesFramesAndCauses) {
  const Status cause = WithFrames(DataError("bad byte"), "\tat json:1\n");
  const Status status = WrapConnect(cause, "Tolerance exceeded in error handler");
  EXPECT_EQ(
      StackTrace(status),
      "org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler\n"
      "Caused by: org.apache.kafka.connect.errors.DataException: bad byte\n\tat json:1");
}

TEST(StatusTest, WrappingARetriableErrorAsFatalMakesItFatal) {
  EXPECT_TRUE(IsRetriable(RetriableError("later")));
  EXPECT_TRUE(IsRetriable(TimeoutError("late")));
  EXPECT_FALSE(IsRetriable(WrapConnect(RetriableError("later"), "gave up")));
  EXPECT_TRUE(IsStopped(StoppedError()));
  EXPECT_TRUE(IsNotFound(NotFoundError("x")));
}

}  // namespace
}  // namespace sluice
