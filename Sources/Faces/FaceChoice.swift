package import Records

/// Which of a frame's faces are used.
package enum FaceChoice: String, Codable, Hashable, Sendable, CaseIterable {
  /// The face with the largest box; of equals the surer.
  case largest
  case all

  /// The indices of the chosen faces, ascending.
  package func choose(_ faces: [Face]) -> [Int] {
    switch self {
    case .all: Array(faces.indices)
    case .largest:
      faces.indices.min { left, right in
        faces[left].box.area == faces[right].box.area
          ? faces[left].precedes(faces[right]) : faces[left].box.area > faces[right].box.area
      }.map { [$0] } ?? []
    }
  }
}
