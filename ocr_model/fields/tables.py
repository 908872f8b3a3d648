def table_values(*a):
    return []
