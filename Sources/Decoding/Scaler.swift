import CFFmpeg

/// What a scaler is set up for.
struct Scaling: Hashable {
  struct Side: Hashable {
    var format: AVPixelFormat
    var width: Int
    var height: Int
    /// Of no meaning for RGB.
    var isFullRange: Bool
  }

  var source: Side
  var target: Side
  /// swscale's number of the matrix between YUV and RGB; `nil` where both sides are RGB.
  var matrix: Int32?
  var flags: Int32
}

extension AVPixelFormat: @retroactive Hashable {}

/// Owns a few of swscale's contexts, on one thread: making one costs as much as scaling a face, and faces that move
/// come in a few sizes.
final class Scaler {
  /// Contexts that are held at once; when one more is asked for, all are given up.
  private static let capacity = 12
  private let path: String
  private var contexts: [Scaling: OpaquePointer] = [:]

  init(path: String) { self.path = path }
  deinit { for context in contexts.values { sws_freeContext(context) } }

  /// The context for `scaling`, valid until the next call.
  func context(for scaling: Scaling) throws(DecodingError) -> OpaquePointer {
    if let known = contexts[scaling] { return known }
    if contexts.count >= Self.capacity {
      for context in contexts.values { sws_freeContext(context) }
      contexts = [:]
    }
    let context = sws_getContext(
      Int32(scaling.source.width), Int32(scaling.source.height), scaling.source.format, Int32(scaling.target.width),
      Int32(scaling.target.height), scaling.target.format, scaling.flags, nil, nil, nil)
    guard let context else { throw failure(scaling) }
    contexts[scaling] = context
    if let matrix = scaling.matrix {
      let status = sws_setColorspaceDetails(
        context, sws_getCoefficients(matrix), scaling.source.isFullRange ? 1 : 0, sws_getCoefficients(matrix),
        scaling.target.isFullRange ? 1 : 0, 0, 1 << 16, 1 << 16)
      guard status >= 0 else { throw failure(scaling) }
    }
    return context
  }

  func failure(_ scaling: Scaling) -> DecodingError {
    let name = av_get_pix_fmt_name(scaling.source.format).map { String(cString: $0) } ?? "unknown"
    return DecodingError(
      .conversion, path: path,
      message: "FFmpeg cannot turn \(name) of \(scaling.source.width) x \(scaling.source.height) into RGB; "
        + "convert the file beforehand")
  }
}

/// Planes of bytes that a scaler writes into, kept from one picture to the next.
final class PlaneBuffer {
  private var bytes: UnsafeMutableRawBufferPointer = .allocate(byteCount: 0, alignment: 64)
  /// Bytes from one row to the next, a multiple of 64 and some more than a row has: some of FFmpeg's loops write past a
  /// row's end.
  private(set) var stride = 0
  private var rows = 0

  deinit { bytes.deallocate() }

  /// Makes room for `planes` planes of `rows` rows of `rowBytes` bytes.
  func reserve(planes: Int, rowBytes: Int, rows: Int) {
    stride = (rowBytes + 127) / 64 * 64
    self.rows = rows
    guard bytes.count < planes * stride * rows else { return }
    bytes.deallocate()
    bytes = .allocate(byteCount: planes * stride * rows, alignment: 64)
  }

  /// First byte of a plane.
  func plane(_ index: Int) -> UnsafeMutablePointer<UInt8> {
    guard let start = bytes.baseAddress else { preconditionFailure("no plane was reserved") }
    return (start + index * stride * rows).assumingMemoryBound(to: UInt8.self)
  }
}
