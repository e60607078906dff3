package import Records

/// A grey picture of where a manipulation changed a frame: 0 nowhere, 255 wholly.
package struct ManipulationMask: Hashable, Sendable {
  /// Levels below this are compression noise of black.
  private static let noiseLevel: UInt8 = 32

  package let width: Int
  package let height: Int
  /// Row-major, `width * height`; may be smaller than the frame.
  package let values: [UInt8]

  /// - Requires: `width * height` values.
  package init(width: Int, height: Int, values: [UInt8]) {
    precondition(values.count == width * height, "\(values.count) values for \(width) x \(height)")
    (self.width, self.height) = (width, height)
    self.values = values.map { $0 < Self.noiseLevel ? 0 : $0 }
  }

  /// The index of the face that meets the mask best; `nil` where none does.
  ///
  /// The measure is intersection over union of the box and the mask, grey pixels counting in part.
  /// - Parameters:
  ///   - frameWidth: the size of the frame that the faces are in pixels of, pixels; the mask covers all of it.
  package func bestMet(of faces: [Face], frameWidth: Int, frameHeight: Int) -> Int? {
    let total = values.reduce(0) { $0 + Int($1) }
    guard total > 0 else { return nil }
    let (scaleX, scaleY) = (Double(width) / Double(frameWidth), Double(height) / Double(frameHeight))
    let meetings = faces.map { face in
      let columns = Self.range(face.box.x * scaleX, face.box.width * scaleX, limit: width)
      let rows = Self.range(face.box.y * scaleY, face.box.height * scaleY, limit: height)
      var inside = 0
      for row in rows { for column in columns { inside += Int(values[row * width + column]) } }
      return Double(inside) / Double(columns.count * rows.count * 255 + total - inside)
    }
    let best = faces.indices.min { left, right in
      meetings[left] == meetings[right] ? faces[left].precedes(faces[right]) : meetings[left] > meetings[right]
    }
    return best.flatMap { meetings[$0] > 0 ? $0 : nil }
  }

  /// The pixels whose centres lie in an interval.
  private static func range(_ start: Double, _ length: Double, limit: Int) -> Range<Int> {
    let first = Int(min(max((start - 0.5).rounded(.up), 0), Double(limit)))
    let end = Int(min(max((start + length - 0.5).rounded(.up), Double(first)), Double(limit)))
    return first..<end
  }
}
