from dagster._core.definitions.scoped_resources_builder import ScopedResourcesBuilder

from pipelines.defs.empty_resources import share_empty_resources


def test_what_holds_no_resource_is_made_once_and_anything_else_each_time() -> None:
    builder = ScopedResourcesBuilder({"warehouse": 1}, contains_generator=True)
    other = ScopedResourcesBuilder({"warehouse": 1}, contains_generator=False)
    with share_empty_resources():
        nothing = builder.build(frozenset())
        assert builder.build(None) is nothing
        assert type(other.build(None)) is not type(nothing)
        assert nothing.original_resource_dict == {}
        assert builder.build({"warehouse"}).original_resource_dict == {"warehouse": 1}
    assert builder.build(None) is not nothing
