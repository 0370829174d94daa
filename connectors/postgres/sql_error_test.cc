#include "connectors/postgres/sql_error.h"

#include <gtest/gtest.h>

namespace sluice::postgres {
namespace {

TEST(SqlErrorTest, StatesAreToldApart) {
  for (const char* state : {"08006", "08001", "57P01", "57P02", "57P03", "53100", "53300", "40001",
                            "40P01", "55P03", "57014", "25006", "58030"}) {
    EXPECT_EQ(Classify(state), ErrorKind::kTransient) << state;
  }
  for (const char* state :
       {"22001", "22003", "22P02", "22021", "23502", "23503", "23505", "23514", "P0001", "21000"}) {
    EXPECT_EQ(Classify(state), ErrorKind::kRecord) << state;
  }
  for (const char* state : {"42P01", "42703", "42804", "0A000", "26000", "42P10"}) {
    EXPECT_EQ(Classify(state), ErrorKind::kSchema) << state;
  }
  for (const char* state : {"28P01", "28000", "3D000", "42501", "42601", "3F000", "XX000", ""}) {
    EXPECT_EQ(Classify(state), ErrorKind::kFatal) << state;
  }
}

TEST(SqlErrorTest, TheTextNamesStateConstraintAndDetail) {
  const ServerMessage message{
      .sqlstate = "23505",
      .severity = "ERROR",
      .primary = "duplicate key value violates unique constraint \"t_pkey\"",
      .detail = "Key (id)=(7) already exists.",
      .table = "t",
      .constraint = "t_pkey"};
  EXPECT_STREQ(MakeSqlError(message, false).what(),
               "ERROR: duplicate key value violates unique constraint \"t_pkey\" (SQLSTATE 23505; "
               "table t; constraint "
               "t_pkey). Detail: Key (id)=(7) already exists.");
  EXPECT_STREQ(MakeSqlError(message, true).what(),
               "ERROR: refused by the server (SQLSTATE 23505; table t; constraint t_pkey)");
  EXPECT_EQ(MakeSqlError(message, false).kind(), ErrorKind::kRecord);
  EXPECT_TRUE(SqlError::Lost("gone").lost());
}

TEST(SqlErrorTest, SomeConnectionsAreHopeless) {
  EXPECT_TRUE(IsHopeless("FATAL:  password authentication failed for user \"x\""));
  EXPECT_TRUE(IsHopeless("FATAL:  database \"x\" does not exist"));
  EXPECT_FALSE(IsHopeless("connection to server at \"x\", port 1 failed: Connection refused"));
  EXPECT_FALSE(IsHopeless("FATAL:  the database system is starting up"));
}

}  // namespace
}  // namespace sluice::postgres
