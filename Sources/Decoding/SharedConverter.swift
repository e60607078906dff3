import Imaging
import Synchronization

/// The converter of one file, which the file's pictures share; conversions wait for each other.
final class SharedConverter: Sendable {
  private let converter: Mutex<PixelConverter>

  init(path: String) { converter = Mutex(PixelConverter(path: path)) }

  /// The frame as stored, not yet turned upright.
  func convert(_ frame: FrameReference) throws(DecodingError) -> Image {
    try converter.withLock { converter throws(DecodingError) in try converter.convert(frame.pointer) }
  }
}
