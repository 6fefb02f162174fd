// A leased slot in JavaScript: an External holds it until it is taken.
#pragma once

#include <napi.h>

#include <memory>
#include <utility>

#include "core/batch/slot.h"

namespace bobbin::addon {

// Marks the External, so that the pointer of another object is not mistaken for a lease.
inline constexpr napi_type_tag kLeaseTag = {0x626f6262696e3a73, 0x6c6f742d6c656173};

// The External points to this. The lease is empty once it was taken; a garbage-collected External
// returns a slot that was not taken.
struct LeaseHolder {
  std::unique_ptr<core::SlotLease> lease;
};

inline Napi::Value wrap_lease(Napi::Env env, std::unique_ptr<core::SlotLease> lease) {
  auto external =
      Napi::External<LeaseHolder>::New(env, new LeaseHolder{std::move(lease)},
                                       [](Napi::Env, LeaseHolder* holder) { delete holder; });
  external.TypeTag(&kLeaseTag);
  return external;
}

inline LeaseHolder& lease_holder(const Napi::Value& value) {
  if (!value.IsExternal() || !value.As<Napi::External<LeaseHolder>>().CheckTypeTag(&kLeaseTag)) {
    throw Napi::TypeError::New(value.Env(), "Expected a batch's lease");
  }
  return *value.As<Napi::External<LeaseHolder>>().Data();
}

// Does not take the lease. Throws if it has ended: its bytes may be rendered into again.
inline core::SlotLease& peek_lease(const Napi::Value& value) {
  LeaseHolder& holder = lease_holder(value);
  if (!holder.lease) {
    throw Napi::Error::New(value.Env(),
                           "Expected a batch that is still held but received one that was already "
                           "released or adopted");
  }
  return *holder.lease;
}

// Moves the lease out of JavaScript; the caller then decides when the slot is returned.
inline std::unique_ptr<core::SlotLease> take_lease(const Napi::Value& value) {
  peek_lease(value);
  return std::move(lease_holder(value).lease);
}

}  // namespace bobbin::addon
