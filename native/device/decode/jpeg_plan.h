// Decisions about decoding JPEGs on a device, made from their headers alone.
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
  kHybrid,     // Huffman codes on the CPU, the rest on the device.
  kGpuHybrid,  // Huffman codes on the device, too.
  kHardware,   // An engine made for it, which takes many images at once.
};

// Which of them can be asked.
struct JpegBackends {
  bool hybrid = false, gpu_hybrid = false, hardware = false;

  bool any() const { return hybrid || gpu_hybrid || hardware; }
};

// Whether any of them can decode the file to the planes and with the colours that the CPU makes: 8
// bits, Huffman codes, tables of its own, grey or JFIF's Y, Cb and Cr with chroma at most halved
// each way, of 16 pixels a side to 67 megapixels, and not cut short. A device guesses what is
// missing and does not say so; the CPU does.
bool is_decodable(const core::JpegTraits& traits);

// Who decodes the `wanted` part of a file. The hardware takes one scan, not progressive
// (NVJPEG_BACKEND_HARDWARE in nvjpeg.h). Huffman codes on the device pay from a megapixel above the
// part's lower edge on, and not for progressive files: DALI's rule (`hybrid_huffman_threshold`).
JpegBackend backend_for(const core::JpegTraits& traits, const core::Region& wanted,
                        const JpegBackends& backends);

// The whole MCUs that hold what rendering `wanted` looks at, cut off at the image's edges. nvJPEG's
// regions must lie inside the image and begin at a multiple of the sampling factors
// (nvjpegDecodeParamsSetROI).
core::Region decoded_region(const core::JpegTraits& traits, const core::Region& wanted);

// The planes of a region, as they are stored: no data yet, and strides that suit a device.
core::ImageView planes_of(const core::JpegTraits& traits, const core::Region& region);

// The bytes that a plane takes in memory where every plane begins at a multiple of 256.
std::size_t plane_bytes(const core::Plane& plane);

// Fills `order` with the images' indices, similar images together: by their sampling, then from the
// largest down (DALI's order). Equal ones keep theirs.
void order_for_decoding(std::span<const EncodedImage> images, std::vector<int>& order);

}  // namespace bobbin::device
