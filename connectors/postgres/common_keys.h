// What the keys of the sink and of the source have in common. Pure functions, any thread. What
// cannot work throws ConfigException.
#ifndef SLUICE_CONNECTORS_POSTGRES_COMMON_KEYS_H_
#define SLUICE_CONNECTORS_POSTGRES_COMMON_KEYS_H_

#include <functional>
#include <string>
#include <string_view>

#include "connectors/postgres/connection_options.h"
#include "connectors/postgres/identifier.h"
#include "connectors/sdk/config.h"

namespace sluice::postgres {

// connection.url, .user, .password, .attempts, .backoff.ms and dialect.name. `attempts` is said of
// connection.attempts.
void AddConnectionKeys(sdk::ConfigDef& keys, std::string_view attempts);
// Of these keys; other keys connection.X are pgjdbc's parameters.
ConnectionOptions ReadConnection(const sdk::Config& config, Purpose purpose);
void CheckDialect(const sdk::Config& config);
// The originals' jdbc.credentials.provider.class, which is not there.
void CheckCredentials(const sdk::Config& config);

// quote.sql.identifiers, and sql.quote.identifiers in Aiven's words.
void AddQuotingKeys(sdk::ConfigDef& keys, const char* group, int& order);
Quoting ReadQuoting(const sdk::Config& config);

// table.types as letters of pg_class.relkind.
std::string ReadTableKinds(const sdk::Config& config);

// What `read` throws about a key that was given becomes a problem: one mistake does not hide the
// others. What it throws without a key passes on.
void Check(const sdk::Config& config, sdk::Problems& problems, const std::function<void()>& read);

}  // namespace sluice::postgres

#endif  // SLUICE_CONNECTORS_POSTGRES_COMMON_KEYS_H_
