// Plans the decoding of JPEG files on a device from their headers alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/image.h"
#include "core/decode/jpeg_traits.h"
#include "device/base/device.h"

namespace bobbin::device {

// nvJPEG's ways to decode (nvjpegBackend_t).
enum class JpegBackend : std::uint8_t {
  kNone,
  kHybrid,     // Huffman decoding on the CPU, the rest on the device.
  kGpuHybrid,  // Huffman decoding on the device, too.
  kHardware,   // A dedicated engine, which decodes many images in one call.
};

// The available backends.
struct JpegBackends {
  bool hybrid = false, gpu_hybrid = false, hardware = false;

  bool any() const { return hybrid || gpu_hybrid || hardware; }
};

// Whether any backend can decode the file to the same planes and colours as the CPU: 8 bits,
// Huffman codes, tables in the file, grey or JFIF's Y, Cb and Cr with chroma at most halved in each
// direction, at least 16 pixels a side, at most 67 megapixels, and not truncated. A device guesses
// missing data without an error; the CPU reports it.
bool is_decodable(const core::JpegTraits& traits);

// Chooses the backend for the `wanted` part of a file. The hardware accepts one scan, not
// progressive (NVJPEG_BACKEND_HARDWARE in nvjpeg.h). Huffman decoding on the device pays from one
// megapixel above the part's lower edge, and not for progressive files: DALI's rule
// (`hybrid_huffman_threshold`).
JpegBackend backend_for(const core::JpegTraits& traits, const core::Region& wanted,
                        const JpegBackends& backends);

// The whole MCUs that rendering `wanted` reads, clipped at the image's edges. nvJPEG's regions must
// lie inside the image and begin at a multiple of the sampling factors (nvjpegDecodeParamsSetROI).
core::Region decoded_region(const core::JpegTraits& traits, const core::Region& wanted);

// The planes of a region as they are stored: without data, and with strides for a device.
core::ImageView planes_of(const core::JpegTraits& traits, const core::Region& region);

// The bytes of a plane in memory, if every plane begins at a multiple of 256.
std::size_t plane_bytes(const core::Plane& plane);

// Fills `order` with the images' indices, similar images together: by their sampling, then from the
// largest down (DALI's order). Equal ones keep theirs.
void order_for_decoding(std::span<const EncodedImage> images, std::vector<int>& order);

}  // namespace bobbin::device
