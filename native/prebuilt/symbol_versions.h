// Included before every source of a prebuilt addon: names the oldest version of each function of
// which glibc and libstdc++ keep several. The linker would take the newest, which an older system
// lacks.
#pragma once

#define BOBBIN_VERSION(function, version) __asm__(".symver " #function "," #function "@" version)

// glibc moved these from libdl and libpthread to libc in 2.34; their behaviour is the same.
BOBBIN_VERSION(dlopen, "GLIBC_2.2.5");
BOBBIN_VERSION(dlsym, "GLIBC_2.2.5");
BOBBIN_VERSION(dlerror, "GLIBC_2.2.5");
BOBBIN_VERSION(pthread_mutex_trylock, "GLIBC_2.2.5");
// These set errno as SVID asks, and return the same numbers as those of 2.29.
BOBBIN_VERSION(exp, "GLIBC_2.2.5");
BOBBIN_VERSION(log, "GLIBC_2.2.5");
// std::condition_variable::wait: the one of 3.4.30 may be cancelled by pthread_cancel.
BOBBIN_VERSION(_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE, "GLIBCXX_3.4.11");
