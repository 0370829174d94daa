// Types that the connectors know by their numbers in pg_type; they are the same in every
// PostgreSQL.
#ifndef SLUICE_CONNECTORS_POSTGRES_OID_H_
#define SLUICE_CONNECTORS_POSTGRES_OID_H_

#include <cstdint>

namespace sluice::postgres {

enum Oid : uint32_t {
  kOidBool = 16,
  kOidBytea = 17,
  kOidInt8 = 20,
  kOidInt2 = 21,
  kOidInt4 = 23,
  kOidText = 25,
  kOidOid = 26,
  kOidJson = 114,
  kOidXml = 142,
  kOidFloat4 = 700,
  kOidFloat8 = 701,
  kOidMoney = 790,
  kOidBpchar = 1042,
  kOidVarchar = 1043,
  kOidDate = 1082,
  kOidTime = 1083,
  kOidTimestamp = 1114,
  kOidTimestampTz = 1184,
  kOidTimeTz = 1266,
  kOidBit = 1560,
  kOidVarbit = 1562,
  kOidNumeric = 1700,
  kOidUuid = 2950,
  kOidJsonb = 3802,
};

}  // namespace sluice::postgres

#endif  // SLUICE_CONNECTORS_POSTGRES_OID_H_
