/// How a face came to be known.
package enum FaceOrigin: String, Codable, Hashable, Sendable, CaseIterable {
  /// The detector found it in this frame.
  case detected
  /// It follows from the frames around it.
  case interpolated
  /// The detector found it in the original's frame; mapped into the fake's.
  case inherited
}

/// One face of a frame, in pixels of the upright frame.
package struct Face: Codable, Hashable, Sendable {
  package var box: Box
  /// Right eye, left eye, nose, right mouth corner, left mouth corner (the person's right); empty where the model gives none.
  package var landmarks: [Point]
  /// 0 ... 1.
  package var score: Double
  package var origin: FaceOrigin

  package init(box: Box, landmarks: [Point] = [], score: Double, origin: FaceOrigin = .detected) {
    self.box = box
    self.landmarks = landmarks
    self.score = score
    self.origin = origin
  }
}
