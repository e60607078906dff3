/// One person of the demo and where their face is found.
struct Person: Sendable {
  /// How a face is picked, and what is rendered from it.
  enum Material: Sendable {
    /// A photograph: the face at this place, from left to right, of as many as there are.
    case photograph(face: Int, of: Int)
    /// A clip: consecutive frames from this one on, the most certain face of each.
    case clip(firstFrame: Int)
  }

  let name: String
  /// File in the media folder.
  let file: String
  let material: Material
}

/// Who plays in the demo: nine different people, so that a split by original is a split by person.
enum Cast {
  /// Raised with every change that alters the videos: an older folder is made anew.
  static let recipeVersion = 1

  static let people: [Person] =
    [
      Person(name: "laughing-woman", file: "WolfgangLanger_Pexels.mp4", material: .clip(firstFrame: 236)),
      Person(name: "smiling-man", file: "single_face.mp4", material: .clip(firstFrame: 4)),
      Person(name: "astronaut", file: "astronaut.png", material: .photograph(face: 0, of: 1)),
      Person(name: "president-44", file: "obama.jpg", material: .photograph(face: 0, of: 1)),
      Person(name: "president-46", file: "biden.jpg", material: .photograph(face: 0, of: 1)),
      // The first of the five wears dark glasses, which no swap survives.
    ] + (1..<5).map { Person(name: "friend-\($0)", file: "multi_face.jpg", material: .photograph(face: $0, of: 5)) }
}
