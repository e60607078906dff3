internal import Engine
internal import Faces
internal import Imaging
internal import Models
internal import Networks
internal import Tensors

// Which errors of the domain mean that a library or a file has to be got: exit status 69, not 1.

extension FacesError: MissingResourceError {
  package var isMissingResource: Bool { code.hasPrefix("missing-") }
}

extension ImagingError: MissingResourceError {
  package var isMissingResource: Bool { code == "image-library-missing" }
}

extension ModelError: MissingResourceError {
  package var isMissingResource: Bool { code.rawValue == "missing-model" }
}

extension NetworkError: MissingResourceError {
  package var isMissingResource: Bool { code.rawValue == "network-library-missing" }
}

extension TensorError: MissingResourceError {
  package var isMissingResource: Bool {
    ["device-unavailable", "libtorch-unavailable"].contains(code.rawValue)
  }
}
