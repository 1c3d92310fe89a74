from wire.assets import static_root


def test_the_address_of_an_images_files_has_no_slash_at_its_end():
    assert static_root("http://ide.localhost:8080", "vscode:1") == (
        "http://ide.localhost:8080/blobserve/vscode:1/__files__"
    )
